using MultiCloudKv.Binlog;
using MultiCloudKv.Foundation;
using MultiCloudKv.Merge;
using MultiCloudKv.Server.Replication;

namespace MultiCloudKv.Server.Storage;

/// <summary>The engine as the node service sees it.</summary>
/// <remarks>Thread-safe; holds no state of its own but what the start found out.</remarks>
public sealed class NodeEngine : INodeEngine
{
    private readonly Engine _engine;
    private readonly StartReport _start;

    public NodeEngine(Engine engine, StartReport start)
    {
        _engine = engine;
        _start = start;
    }

    public NodeIdentityInfo Identity => new(
        _engine.Config.ClusterId,
        _engine.Config.RegionId,
        _engine.Config.RegionName,
        _engine.Past.Incarnation,
        _engine.Config.NodeId,
        _engine.Binlog.History,
        1,
        _engine.Vectors.Partitions.Count,
        _engine.Config.BinlogDirectory);

    public bool Writable => _engine.IsTakenBack;

    public bool Empty => _start.Empty;

    public bool ForceWritable => _start.ForceWritable;

    public LossProof LossProof => _start.LossProof;

    public bool HasWaiters => _engine.Waiters.Any;

    public IReadOnlyList<OwnEndInfo> OwnEnds()
    {
        OwnFrontier frontier = OwnFrontier();
        var ends = new List<OwnEndInfo>(frontier.Sequences.Count);
        for (int partition = 0; partition < frontier.Sequences.Count; partition++)
        {
            Past? past = _engine.OwnEnds.Of(partition);
            ends.Add(new OwnEndInfo(partition, frontier.Sequences[partition], _engine.OwnEnds.Hlc(partition), past?.Incarnation ?? 0, past?.History ?? HistoryId.None));
        }

        return ends;
    }

    public IReadOnlyList<RemoteCursorInfo> Cursors()
    {
        List<RemoteCursorInfo> cursors = [];
        foreach (byte origin in _engine.Frontiers.Origins())
        {
            for (int partition = 0; partition < _engine.Vectors.Partitions.Count; partition++)
            {
                if (origin != _engine.Vectors.Self)
                    cursors.Add(CursorOf(origin, partition));
            }
        }

        return cursors;
    }

    public OwnFrontier OwnFrontier()
    {
        var sequences = new ulong[_engine.Vectors.Partitions.Count];
        Frontier frontier = _engine.Binlog.ReadFrontier(sequences);
        return new OwnFrontier(frontier.Hlc, frontier.Position, sequences);
    }

    public void ReadAppliedFrontiers(int partition, StampVector into)
    {
        into.Clear();
        foreach (byte origin in _engine.Frontiers.Origins())
        {
            if (origin != _engine.Vectors.Self)
                into.Raise(origin, _engine.Frontiers.Of(origin, partition));
        }
    }

    public ValueTask WaitForWaiterAsync(TimeSpan timeout, CancellationToken cancel) => _engine.Waiters.ArrivalAsync(timeout, cancel);

    public ValueTask<ApplyResult> ApplyAsync(RemoteBatchInfo batch, CancellationToken cancel) => _engine.Remote.ApplyAsync(batch, cancel);

    public void Heartbeat(in RemoteHeartbeat heartbeat)
    {
        if (_engine.Clock.Ahead(heartbeat.Frontier) > _engine.Config.Replication.MaxClockDrift)
            return;
        ulong applied = _engine.Cursors.Get(heartbeat.Origin, heartbeat.Partition)?.Cursor.LastSequence ?? 0;
        if (heartbeat.LastSequence > applied)
            return;
        _engine.Clock.Observe(heartbeat.Frontier);
        _engine.PeerClocks.Heard(heartbeat.Origin, heartbeat.ClockMs);
        _engine.Frontiers.Raise(heartbeat.Origin, heartbeat.Partition, heartbeat.Frontier);
        StampVector context = heartbeat.Applied.Copy();
        context.Raise(heartbeat.Origin, heartbeat.Frontier);
        _engine.Vectors.Heard(heartbeat.Partition, heartbeat.Origin, context, HybridTime.PhysicalMs(heartbeat.Frontier));
        _engine.FlowControl.Heard(heartbeat.Origin);
        _engine.Waiters.Advance();
    }

    public void SetWritable(bool forced, string reason) => _engine.SetTakenBack();

    public long Confirm(long confirmedPosition, IReadOnlyList<PeerConfirmation> peers) => _engine.Retention.Confirm(confirmedPosition, peers);

    public IEnumerable<SlotDigest> Digests(int firstSlot, int lastSlot, bool withKeys) => SlotDigester.Of(_engine, firstSlot, lastSlot, withKeys);

    public string? Admin(string verb, IReadOnlyList<string> arguments) => verb == "status" ? NodeStatus.Of(_engine, this) : null;

    private RemoteCursorInfo CursorOf(byte origin, int partition)
    {
        OriginPosition? position = _engine.Cursors.Get(origin, partition);
        SourceCursor? cursor = position?.Cursor;
        return new RemoteCursorInfo(
            origin,
            partition,
            cursor?.Generation ?? 1,
            position?.Incarnation ?? 0,
            cursor?.History ?? HistoryId.None,
            cursor?.LastSequence ?? 0,
            position?.Hlc ?? 0,
            _engine.Frontiers.Of(origin, partition),
            cursor?.Topic ?? "",
            cursor?.TransportOffset ?? -1,
            _engine.Vectors.Known(partition, origin)?.Applied ?? new StampVector());
    }
}
