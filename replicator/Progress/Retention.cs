using MultiCloudKv.Foundation;
using MultiCloudKv.Replicator.Apply;
using MultiCloudKv.Replicator.Ship;
using MultiCloudKv.Replicator.Transports;
using MultiCloudKv.Rpc;
using MultiCloudKv.Rpc.Configuration;
using MultiCloudKv.Rpc.Messages;

namespace MultiCloudKv.Replicator.Progress;

/// <summary>
/// Up to where every other region has applied this one's changes, as their heartbeats say, and what follows from it: the node
/// may drop the binlog below, and a peer that holds back too much of it is alarmed for, then no longer waited for.
/// </summary>
/// <remarks>
/// A peer's confirmation is the smallest of its applied frontiers over the partitions. It becomes a position by the samples of the
/// node's frontier (all own changes up to a time lie below a position), and for older times by the segments. A peer that is
/// marked needs-resync counts again once its confirmation is back within the bounds. One loop runs it.
/// </remarks>
public sealed class Retention(
    NodeConfig config, NodeSession node, CursorBoard board, LogIndex index, LogTail tail, ITransport transport, AlarmBook alarms, IReadOnlyList<OriginPipeline> pipelines)
{
    private const int SamplesMax = 4096;
    private const double AlarmShare = 0.8;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(10);
    private readonly Queue<(ulong Frontier, long Position)> _samples = new();
    private readonly Lock _lock = new();
    private readonly Dictionary<byte, PeerConfirmation> _peers = [];
    private long _sampledAt;

    public IReadOnlyList<PeerConfirmation> Snapshot()
    {
        lock (_lock)
            return [.. _peers.Values.Select(p => p.Clone())];
    }

    /// <summary>Remembers a moment of the node's log; at most one per heartbeat interval.</summary>
    public void OnSample(NodeSample sample)
    {
        lock (_lock)
        {
            if (Environment.TickCount64 - _sampledAt < config.Replication.HeartbeatInterval.TotalMilliseconds)
                return;
            _sampledAt = Environment.TickCount64;
            _samples.Enqueue((sample.Frontier, sample.Position));
            if (_samples.Count > SamplesMax)
                _samples.Dequeue();
        }
    }

    public async Task RunAsync(CancellationToken cancel)
    {
        await node.FirstAttachAsync(cancel);
        while (true)
        {
            await Task.Delay(Interval, cancel);
            try
            {
                await node.Channel.UnaryAsync(NodeMethods.Report, Build(), CallTimeout, cancel);
            }
            catch (RpcException e) when (!cancel.IsCancellationRequested)
            {
                NodeSession.ThrowIfFenced(e);
            }
        }
    }

    /// <summary>Position below which every change with a stamp at or below a time lies.</summary>
    public long PositionAt(ulong hlc)
    {
        lock (_lock)
        {
            long? found = null;
            foreach ((ulong frontier, long position) in _samples)
            {
                if (frontier > hlc)
                    break;
                found = position;
            }

            if (found is { } known)
                return known;
        }

        return hlc == 0 ? 0 : index.PositionAt(hlc);
    }

    private ReportRequest Build()
    {
        var report = new ReportRequest { Epoch = node.Epoch };
        long confirmed = Math.Min(transport.ConfirmedPosition, tail.Committed);
        foreach (PeerOptions peer in config.Peers)
        {
            PeerConfirmation state = Assess(peer);
            if (!state.NeedsResync)
                confirmed = Math.Min(confirmed, state.ConfirmedPosition);
            OriginPipeline? pipeline = pipelines.FirstOrDefault(p => p.Origin == peer.Id);
            report.Peers.Add(new PeerReport
            {
                Region = peer.Id,
                Name = peer.Name,
                State = pipeline?.Status.State ?? LinkState.Connecting,
                Reason = pipeline?.Status.Reason ?? "",
                Confirmed = state.Confirmed,
                ConfirmedPosition = state.ConfirmedPosition,
                LagMs = Lag(pipeline),
                NeedsResync = state.NeedsResync,
            });
        }

        report.ConfirmedPosition = confirmed;
        return report;
    }

    private static double Lag(OriginPipeline? pipeline)
    {
        ulong newest = pipeline?.Counters.NewestFrontier ?? 0;
        return newest == 0 ? -1 : Math.Max(0, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - HybridTime.PhysicalMs(newest));
    }

    private PeerConfirmation Assess(PeerOptions peer)
    {
        ulong confirmed = ulong.MaxValue;
        for (int p = 0; p < config.Partitions; p++)
            confirmed = Math.Min(confirmed, board.Of(peer.Id, p).Known[config.RegionId]);
        long position = PositionAt(confirmed);
        long held = tail.Committed - position;
        double ageMs = confirmed == 0 ? -1 : DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - HybridTime.PhysicalMs(confirmed);
        bool tooOld = ageMs > config.Replication.PeerAwayMax.TotalMilliseconds && held > 0;
        bool tooMuch = held > config.Binlog.BytesMax;
        string subject = $"peer {peer.Name}";
        if (tooOld || tooMuch)
            alarms.Raise(subject, $"needs-resync: it has not confirmed {held >> 20} MiB of the binlog; it is no longer waited for");
        else if (held > AlarmShare * config.Binlog.BytesMax)
            alarms.Raise(subject, "it holds back more than four fifths of binlog.max-bytes; at the bound it is marked needs-resync");
        else
            alarms.Clear(subject);
        var state = new PeerConfirmation
        {
            Region = peer.Id,
            Name = peer.Name,
            Confirmed = confirmed,
            ConfirmedPosition = position,
            AgeMs = ageMs,
            NeedsResync = tooOld || tooMuch,
        };
        lock (_lock)
            _peers[peer.Id] = state;
        return state;
    }
}
