using Microsoft.Extensions.Logging;
using MultiCloudKv.Binlog;
using MultiCloudKv.Foundation;
using MultiCloudKv.Server.Storage.Cache;

namespace MultiCloudKv.Server.Storage;

/// <summary>Ties epochs to the binlog: the cut is taken in its append section, and the checkpoint says where replay begins.</summary>
/// <remarks>All calls come from the epoch thread, one at a time.</remarks>
internal sealed partial class EpochHost(Engine engine, ILogger log) : IEpochHost
{
    private EpochCut? _cut;
    private long _flushed;

    /// <summary>Replay after a crash would begin here: what is before it is in the checkpoint.</summary>
    public long FlushedPosition
    {
        get => Volatile.Read(ref _flushed);
        set => Volatile.Write(ref _flushed, value);
    }

    public void Cut(uint next)
    {
        _cut = engine.Binlog.CloseEpoch();
        Invariant.Check(_cut.Epoch + 1 == next);
        Failpoint.Hit("epoch.cut");
    }

    public void AddSystemRecords(ClosedEpoch closed, SystemRecords records)
    {
        Invariant.Check(_cut is not null && _cut.Epoch == closed.Epoch);
        // A checkpoint ahead of a log that lost its tail could not be replayed: the log goes to the disk first.
        engine.Binlog.WaitDurable(_cut.Position).AsTask().GetAwaiter().GetResult();
        Checkpoint.Write(records, closed, _cut, engine.OwnEnds, engine.Cursors, engine.Vectors);
        Failpoint.Hit("epoch.before-flush");
    }

    public void Flushed(ClosedEpoch closed)
    {
        FlushedPosition = _cut!.Position;
        Failpoint.Hit("epoch.after-flush");
        engine.Retention.Apply();
    }

    public void Failed(Exception reason)
    {
        LogFailed(reason);
        // A log that can't be synced lets no epoch end. Clients' writes are refused already; what is in memory can still be read.
        if (engine.Binlog.Failure is not null)
            return;
        engine.Stop(new EnvironmentException($"an epoch could not be written: {reason.Message}; free space or mend the disk and start again, the binlog holds everything", ExitCodes.DataAtRisk));
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "an epoch could not be written")]
    private partial void LogFailed(Exception reason);
}
