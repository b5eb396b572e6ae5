using Microsoft.Extensions.Logging;
using MultiCloudKv.Server.Replication;

namespace MultiCloudKv.Server.Storage;

/// <summary>
/// Which binlog segments may go: those that an epoch in the checkpoint holds and that every peer that counts has applied.
/// At <c>bytes-max</c> a peer that is away no longer holds the log: the replicator is told by the first position that is
/// left, and marks the peer needs-resync. From four fifths of the bound on there is an alarm.
/// </summary>
/// <remarks>Thread-safe: one lock around a decision.</remarks>
internal sealed partial class Retention(Engine engine, long bytesMax, ILogger log)
{
    private const double AlarmAt = 0.8;

    private readonly Lock _lock = new();
    private IReadOnlyList<PeerConfirmation> _peers = [];
    private long _confirmed;
    private bool _alarmed;

    /// <summary>What the replicator last said of the peers.</summary>
    public IReadOnlyList<PeerConfirmation> Peers
    {
        get
        {
            lock (_lock)
                return _peers;
        }
    }

    /// <summary>The binlog is near its bound because a peer has not confirmed.</summary>
    public bool Alarmed
    {
        get
        {
            lock (_lock)
                return _alarmed;
        }
    }

    public long Confirm(long confirmedPosition, IReadOnlyList<PeerConfirmation> peers)
    {
        lock (_lock)
        {
            _confirmed = Math.Max(_confirmed, confirmedPosition);
            _peers = peers;
        }

        engine.Vectors.SetPeers([.. engine.PeerRegions.Where(id => peers.All(p => p.Region != id || !p.NeedsResync))]);
        return Apply();
    }

    /// <summary>Deletes what may go; returns the first position that is left.</summary>
    public long Apply()
    {
        lock (_lock)
        {
            long held = engine.EpochHost.FlushedPosition;
            long limit = engine.PeerRegions.Count == 0 ? held : Math.Min(held, _confirmed);
            long committed = engine.Binlog.Committed;
            long bound = committed - bytesMax;
            if (bound > limit)
            {
                LogBound(bytesMax);
                limit = Math.Min(bound, held);
            }

            engine.Binlog.DeleteSegmentsBefore(limit);
            long first = FirstPosition();
            bool near = committed - first > (long)(bytesMax * AlarmAt);
            if (near && !_alarmed)
                LogNear(committed - first, bytesMax);
            _alarmed = near;
            return first;
        }
    }

    private long FirstPosition() => engine.Binlog.Segments() is [var first, ..] ? first.First : 0;

    [LoggerMessage(Level = LogLevel.Warning, Message = "the binlog holds {Bytes} of at most {Max} bytes because a peer has not confirmed; at the bound it will need a resync")]
    private partial void LogNear(long bytes, long max);

    [LoggerMessage(Level = LogLevel.Error, Message = "the binlog is at its bound of {Max} bytes: segments that a peer has not confirmed are deleted")]
    private partial void LogBound(long max);
}
