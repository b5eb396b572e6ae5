using Google.Protobuf;
using MultiCloudKv.Foundation;
using MultiCloudKv.Replicator.Apply;
using MultiCloudKv.Replicator.Progress;
using MultiCloudKv.Replicator.Ship;
using MultiCloudKv.Replicator.Transports.Direct;
using MultiCloudKv.Rpc;
using MultiCloudKv.Rpc.Messages;

namespace MultiCloudKv.Replicator;

/// <summary>What this replicator offers to its peers and to the operator's tool (proto/replicator.proto).</summary>
/// <remarks>Thread-safe.</remarks>
public sealed class ReplicatorService(
    PipelineServices services,
    ShipperOptions ship,
    LogIndex index,
    LogTail tail,
    PullServer pull,
    ShipCounters counters,
    Retention retention,
    LinkSwitches switches,
    TakeBack takeBack,
    IReadOnlyList<OriginPipeline> pipelines)
{
    private static readonly TimeSpan QuietAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan QuiesceTimeout = TimeSpan.FromSeconds(15);

    public void Register(RpcServices rpc) => rpc
        .ServerStreaming(ReplicatorMethods.Pull, pull.PullAsync)
        .Unary(ReplicatorMethods.Identity, IdentityAsync)
        .ServerStreaming(ReplicatorMethods.Fetch, FetchAsync)
        .Unary(ReplicatorMethods.Reship, ReshipAsync)
        .Unary(ReplicatorMethods.SetLink, SetLinkAsync)
        .Unary(ReplicatorMethods.Status, (_, _) => new ValueTask<StatusReply>(Status()));

    private async ValueTask<IdentityReply> IdentityAsync(IdentityRequest request, RpcContext context)
    {
        CheckCluster(request.ClusterId);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(context.Cancel);
        patience.CancelAfter(QuiesceTimeout);
        OriginPipeline? origin = pipelines.FirstOrDefault(p => p.Origin == request.QuiesceOrigin);
        using IDisposable? held = origin is null ? null : await origin.HoldAsync(patience.Token);
        AttachReply attached = await services.Node.AttachAsync(patience.Token);
        var reply = new IdentityReply { Identity = attached.Identity, Writable = attached.Writable, Empty = attached.Empty };
        reply.Cursors.AddRange(services.Board.All().Select(c => c.ToMessage()));
        reply.OwnEnds.AddRange(attached.OwnEnds);
        return reply;
    }

    private async Task FetchAsync(FetchRequest request, RpcWriter<FetchReply> replies, RpcContext context)
    {
        CheckCluster(request.ClusterId);
        byte origin = (byte)request.Origin;
        int partition = (int)request.Partition;
        if (origin == 0 || partition >= services.Config.Partitions)
            throw new RpcException(RpcStatus.InvalidArgument, $"no origin {request.Origin} or partition {request.Partition}");

        // Read before the log: whatever it covers is there.
        PartitionCursor cursor = services.Board.Of(origin, partition);
        var reader = new HistoryReader(ship);
        if (cursor.Sequence > request.AfterSequence || origin == services.Config.RegionId)
        {
            long? from = await Aside.RunAsync(() => index.Locate(origin, partition, request.AfterSequence));
            foreach (IReadOnlyList<OutMessage> messages in reader.Read(from, origin, partition, request.AfterSequence, request.AfterStamp))
            {
                var reply = new FetchReply();
                reply.Messages.AddRange(messages.Select(m => UnsafeByteOperations.UnsafeWrap(m.Bytes)));
                await replies.WriteAsync(reply, context.Cancel);
            }
        }

        await replies.WriteAsync(
            new FetchReply { Complete = !reader.Gone, Gone = reader.Gone, LastSequence = reader.LastSequence, Frontier = reader.Gone ? 0 : cursor.Frontier },
            context.Cancel);
    }

    private async ValueTask<ReshipReply> ReshipAsync(ReshipRequest request, RpcContext context)
    {
        CheckCluster(request.ClusterId);
        bool accepted = await services.Transport.ReshipOwnAsync((int)request.Partition, request.AfterSequence, context.Cancel);
        return new ReshipReply { Accepted = accepted, Reason = accepted ? "" : "the binlog no longer reaches back there" };
    }

    private ValueTask<SetLinkReply> SetLinkAsync(SetLinkRequest request, RpcContext context)
    {
        OriginPipeline pipeline = pipelines.FirstOrDefault(p => p.Name == request.Peer || p.Origin.ToString(System.Globalization.CultureInfo.InvariantCulture) == request.Peer)
            ?? throw new RpcException(RpcStatus.NotFound, $"no peer '{request.Peer}'");
        bool changed = switches.Set(pipeline.Origin, request.Paused);
        pipeline.Paused = request.Paused;
        return new(new SetLinkReply { Changed = changed });
    }

    /// <summary>Everything the operator's tool shows.</summary>
    public StatusReply Status()
    {
        AttachReply? attached = services.Node.Attached;
        var reply = new StatusReply
        {
            Identity = attached?.Identity,
            Epoch = services.Node.Epoch,
            Transport = services.Transport.Name,
            Writable = services.Node.Sample?.Writable ?? false,
            WritableReason = services.Node.Sample is { Writable: true } ? "" : takeBack.State,
            ChangesShipped = (ulong)counters.Changes,
            BytesShipped = (ulong)counters.Bytes,
            ShippedPosition = counters.Position,
            CommittedPosition = tail.Committed,
        };
        foreach (OriginPipeline pipeline in pipelines)
            reply.Origins.Add(OriginOf(pipeline));
        reply.Confirmations.AddRange(retention.Snapshot());
        reply.Alarms.AddRange(services.Alarms.Snapshot());
        return reply;
    }

    private static OriginStatus OriginOf(OriginPipeline pipeline)
    {
        OriginCounters counted = pipeline.Counters;
        var row = new OriginStatus
        {
            Region = pipeline.Origin,
            Name = pipeline.Name,
            State = pipeline.Status.State,
            Reason = pipeline.Status.Reason,
            ChangeLagMs = IsQuiet(counted) ? 0 : counted.ChangeLagMs,
            HeartbeatAgeMs = Age(counted.NewestFrontier),
            ChangesApplied = (ulong)counted.ChangesApplied,
            BytesApplied = (ulong)counted.BytesApplied,
            Duplicates = (ulong)counted.Duplicates,
            Reships = (ulong)counted.Reships,
        };
        row.Partitions.AddRange(pipeline.Partitions());
        return row;
    }

    /// <summary>The origin has said for a while that nothing came after the newest change applied here.</summary>
    private static bool IsQuiet(OriginCounters counted) =>
        HybridTime.PhysicalMs(counted.NewestFrontier) - HybridTime.PhysicalMs(counted.NewestStamp) > QuietAfter.TotalMilliseconds;

    /// <summary>-1 where nothing was heard yet.</summary>
    private static double Age(ulong hlc) =>
        hlc == 0 ? -1 : Math.Max(0, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - HybridTime.PhysicalMs(hlc));

    private void CheckCluster(string clusterId)
    {
        if (clusterId != services.Config.ClusterId)
            throw new RpcException(RpcStatus.PermissionDenied, $"this is cluster '{services.Config.ClusterId}'");
    }
}
