using Google.Protobuf;
using MultiCloudKv.Foundation;
using MultiCloudKv.Replicator.Progress;
using MultiCloudKv.Replicator.Ship;
using MultiCloudKv.Rpc;
using MultiCloudKv.Rpc.Messages;

namespace MultiCloudKv.Replicator.Transports.Direct;

/// <summary>
/// Serves this region's messages to a peer from the binlog: finds where each partition goes on behind what the peer has,
/// says which ones can't be served and why, and ships the rest on one stream for as long as the peer reads.
/// </summary>
/// <remarks>Thread-safe: each stream has its own shipper. The stream's flow control is the back-pressure.</remarks>
public sealed class PullServer(
    ShipperOptions options, LogIndex index, LogTail tail, NodeSession node, ShipCounters counters, Func<NodeIdentity?> ready)
{
    private const int ReplyBytes = 256 << 10;

    public async Task PullAsync(PullRequest request, RpcWriter<PullReply> replies, RpcContext context)
    {
        NodeIdentity identity = ready() ?? throw new RpcException(RpcStatus.Unavailable, "the node is not ready to ship: it has not taken back yet what it may have lost");
        if (request.ClusterId != identity.ClusterId || request.Region == identity.Region)
            throw new RpcException(RpcStatus.PermissionDenied, $"this is region {identity.Region} of cluster '{identity.ClusterId}'");
        if (request.Partitions != identity.Partitions)
            throw new RpcException(RpcStatus.FailedPrecondition, $"partitions: {identity.Partitions} here, {request.Partitions} there");

        long position = tail.Committed;
        AttachReply attached = await node.AttachAsync(context.Cancel);
        var first = new PullReply { Identity = identity };
        var starts = new List<FeedStart>();
        position = await Aside.RunAsync(() => PlaceAll(request, attached, first, starts, position));
        await replies.WriteAsync(first, context.Cancel);
        using var shipper = new LogShipper(options, index, tail, () => node.Sample, starts, position);
        await shipper.RunAsync(new StreamSink(replies, counters), context.Cancel);
    }

    /// <summary>Finds where each partition goes on; those that can't are refused in <paramref name="first"/>. Returns where all of them are read from.</summary>
    private long PlaceAll(PullRequest request, AttachReply attached, PullReply first, List<FeedStart> starts, long position)
    {
        foreach (PullFrom from in request.From)
        {
            var start = new FeedStart((int)from.Partition, from.Sequence, PartitionCursor.ReadHistory(from.HistoryId), from.Incarnation);
            if (start.Partition >= first.Identity.Partitions)
                throw new RpcException(RpcStatus.InvalidArgument, $"no partition {from.Partition}");
            OwnEnd end = attached.OwnEnds.FirstOrDefault(e => e.Partition == from.Partition) ?? new OwnEnd { Partition = from.Partition };
            if (Place(start, end, out long at) is { } refusal)
            {
                first.Refusals.Add(refusal);
                continue;
            }

            starts.Add(start);
            position = Math.Min(position, at);
        }

        return position;
    }

    /// <summary>Where a partition goes on; or why it can't.</summary>
    private PullRefusal? Place(FeedStart start, OwnEnd end, out long position)
    {
        position = long.MaxValue;
        bool older = start.Incarnation != 0 && start.Incarnation < end.Incarnation;
        if (!older && start.Sequence > end.Sequence)
        {
            return Refuse(start, PullRefusalCause.Behind, $"the last sequence here is {end.Sequence}, yours {start.Sequence}: this region has lost it and not taken it back");
        }

        if (!older && start.Sequence == end.Sequence)
        {
            // The end was read after the tail's committed length: what follows it lies behind.
            return null;
        }

        if (older && start.Sequence > end.Sequence)
        {
            position = index.FirstOf(end.Incarnation);
            return null;
        }

        long? passed = older ? null : index.LocatePassed(start.Partition, start.Sequence);
        if ((passed ?? index.Locate(options.Region, start.Partition, start.Sequence)) is not { } at)
            return Refuse(start, PullRefusalCause.Gone, $"the binlog no longer holds sequence {start.Sequence + 1}; its last is {end.Sequence}");
        position = at;
        return null;
    }

    private static PullRefusal Refuse(FeedStart start, PullRefusalCause cause, string reason) =>
        new() { Partition = (uint)start.Partition, Cause = cause, Reason = reason };

    private sealed class StreamSink(RpcWriter<PullReply> replies, ShipCounters counters) : IMessageSink
    {
        public async ValueTask SendAsync(IReadOnlyList<OutMessage> messages, long position, CancellationToken cancel)
        {
            var reply = new PullReply();
            int bytes = 0;
            foreach (OutMessage message in messages)
            {
                reply.Messages.Add(UnsafeByteOperations.UnsafeWrap(message.Bytes));
                bytes += message.Bytes.Length;
                counters.Add(message.Changes, message.Bytes.Length);
                if (bytes < ReplyBytes)
                    continue;
                await replies.WriteAsync(reply, cancel);
                reply = new PullReply();
                bytes = 0;
            }

            if (bytes > 0)
                await replies.WriteAsync(reply, cancel);
            counters.Shipped(position);
        }

        public ValueTask RefuseAsync(FeedRefusal refusal, CancellationToken cancel)
        {
            var reply = new PullReply();
            reply.Refusals.Add(new PullRefusal { Partition = (uint)refusal.Partition, Cause = (PullRefusalCause)refusal.Cause, Reason = refusal.Reason });
            return replies.WriteAsync(reply, cancel);
        }
    }
}
