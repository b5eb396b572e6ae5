using Google.Protobuf;
using MultiCloudKv.Foundation;
using MultiCloudKv.Replicator.Progress;
using MultiCloudKv.Replicator.Transports;
using MultiCloudKv.Rpc;
using MultiCloudKv.Rpc.Messages;

namespace MultiCloudKv.Replicator.Apply;

/// <summary>
/// Takes an origin's changes from another peer's binlog (invariant I3): when a peer has said it applied more of a region than
/// this node has and the region itself does not answer, and at the start of a node that lost its own tail.
/// </summary>
/// <remarks>Runs within the origin's pipeline, or before it: nobody else sends that origin's changes to the node meanwhile.</remarks>
internal sealed class PeerFill(PipelineServices services)
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromMinutes(10);

    /// <summary>Takes of every partition what the peer that has most is ahead. Returns the number of changes.</summary>
    public async Task<long> FillAsync(byte origin, CancellationToken cancel)
    {
        long changes = 0;
        for (int p = 0; p < services.Config.Partitions; p++)
        {
            (byte peer, ulong frontier) = services.Board.MostKnown(origin, p);
            PartitionCursor cursor = services.Board.Of(origin, p);
            if (peer == 0 || frontier <= cursor.Frontier || services.Peers.Of(peer) is null)
                continue;
            changes += await FillAsync(origin, p, peer, cursor, takenBack: false, cancel);
        }

        return changes;
    }

    /// <summary>Takes a partition's changes behind a cursor from one peer.</summary>
    /// <exception cref="RpcException">The peer does not answer or no longer has them, or the node refuses.</exception>
    public async Task<long> FillAsync(byte origin, int partition, byte peer, PartitionCursor from, bool takenBack, CancellationToken cancel)
    {
        var order = new PartitionOrder(from, services.Histories, services.Generation);
        return await ApplyAsync(origin, [order], takenBack, intake => ReadAsync(origin, partition, peer, order, intake, takenBack, cancel), cancel);
    }

    /// <summary>Takes this region's own changes behind the cursors from the transport's own log, up to its end.</summary>
    public async Task<long> FillFromTransportAsync(IReadOnlyList<PartitionCursor> from, CancellationToken cancel)
    {
        byte origin = services.Config.RegionId;
        var orders = from.Select(f => new PartitionOrder(f, services.Histories, services.Generation)).ToList();
        return await ApplyAsync(origin, orders, takenBack: true, ReadOwnAsync, cancel);

        async Task ReadOwnAsync(Intake intake)
        {
            await foreach (ReceivedMessage message in services.Transport.ReadOwnAsync([.. orders.Select(o => o.Start)], cancel))
                await TakeAsync(message, origin, intake, "the transport", cancel);
            await intake.FlushAsync(cancel);
        }
    }

    private async Task<long> ApplyAsync(byte origin, IReadOnlyList<PartitionOrder> orders, bool takenBack, Func<Intake, Task> read, CancellationToken cancel)
    {
        var byPartition = new PartitionOrder?[services.Config.Partitions];
        foreach (PartitionOrder order in orders)
            byPartition[order.Partition] = order;
        string? refused = null;
        long changes = 0;
        await using ApplyStream apply = await ApplyStream.OpenAsync(
            services.Node,
            services.Board,
            services.Config.Replication.InFlightBytesMax,
            (sent, ack) =>
            {
                if (ack.Outcome is not (ApplyOutcome.Applied or ApplyOutcome.Duplicate))
                    refused ??= $"{ack.Outcome}: {ack.Reason}";
                else
                    changes += sent.Changes;
            },
            cancel);
        Task acks = apply.ReadAcksAsync(cancel);
        try
        {
            await read(new Intake(origin, byPartition, apply, takenBack));
            await apply.DrainAsync(cancel);
        }
        finally
        {
            await apply.DisposeAsync();
            await acks.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }

        return refused is null ? changes : throw new RpcException(RpcStatus.Aborted, $"the node refused changes of origin {origin}: {refused}");
    }

    private async Task ReadAsync(byte origin, int partition, byte peer, PartitionOrder order, Intake intake, bool takenBack, CancellationToken cancel)
    {
        var request = new FetchRequest
        {
            ClusterId = services.Config.ClusterId,
            Region = services.Config.RegionId,
            Origin = origin,
            Partition = (uint)partition,
            AfterSequence = order.Sequence,
            AfterStamp = order.Stamp,
        };
        RpcChannel channel = services.Peers.Of(peer) ?? throw new RpcException(RpcStatus.NotFound, $"region {peer} is no peer");
        await using RpcStream<FetchReply> stream = await channel.StreamAsync(ReplicatorMethods.Fetch, request, CallTimeout, cancel);
        while (await stream.Replies.ReadAsync(cancel) is { } reply)
        {
            if (reply.Gone)
                throw new RpcException(RpcStatus.OutOfRange, $"region {peer} no longer holds sequence {order.Sequence + 1} of origin {origin}, partition {partition}");
            foreach (ByteString bytes in reply.Messages)
            {
                if (!ReceivedMessage.TryRead(bytes.Memory, -1, out ReceivedMessage message, out string wrong))
                    throw new RpcException(RpcStatus.DataLoss, wrong);
                await TakeAsync(message, origin, intake, $"region {peer}", cancel);
            }

            if (reply.Complete && reply.Frontier > order.Frontier && !takenBack)
                intake.AddHeartbeat(order, new HeartbeatBody(reply.Frontier, HybridTime.PhysicalMs(reply.Frontier), false, new StampVector()));
            await intake.FlushAsync(cancel);
        }
    }

    private static async ValueTask TakeAsync(ReceivedMessage message, byte origin, Intake intake, string source, CancellationToken cancel)
    {
        if (message.Header.Kind != MessageKind.Changes || message.Header.Origin != origin || intake.OrderOf(message.Header.Partition) is null)
            return;
        (OrderVerdict verdict, string why) = await intake.TakeAsync(message, "", cancel);
        if (verdict is OrderVerdict.Hole or OrderVerdict.Conflict)
            throw new RpcException(RpcStatus.Aborted, $"origin {origin}, partition {message.Header.Partition}, from {source}: {verdict} {why}");
    }
}
