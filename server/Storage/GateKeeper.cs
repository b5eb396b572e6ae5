using Microsoft.Extensions.Logging;
using MultiCloudKv.Rpc.Configuration;

namespace MultiCloudKv.Server.Storage;

/// <summary>
/// Looks after what can close the gate while the node runs: free disk, the clock against the peers', a failed sync. Once a
/// second; each obstacle goes by itself when its cause has gone, except a failed sync, which only a restart ends.
/// </summary>
/// <remarks>One timer; its rounds do not overlap.</remarks>
internal sealed partial class GateKeeper : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly Engine _engine;
    private readonly NodeConfig _config;
    private readonly ILogger _log;
    private readonly Timer _timer;

    public GateKeeper(Engine engine, NodeConfig config, ILogger log)
    {
        _engine = engine;
        _config = config;
        _log = log;
        _timer = new Timer(_ => Look());
    }

    public void Start() => _timer.Change(Interval, Timeout.InfiniteTimeSpan);

    public void Dispose()
    {
        using var done = new ManualResetEvent(false);
        if (_timer.Dispose(done))
            done.WaitOne(TimeSpan.FromSeconds(5));
    }

    private void Look()
    {
        Set(CommitObstacle.DiskNearlyFull, DiskTrouble());
        bool ahead = _engine.PeerClocks.IsAhead(out TimeSpan by);
        Set(CommitObstacle.ClockAhead, ahead
            ? $"MISCONF this node's clock is {by.TotalSeconds:0} s ahead of every other region's; mend the clock"
            : null);
        if (_engine.Binlog.Failure is { } failure)
            Set(CommitObstacle.SyncFailed, $"MISCONF {failure}; mend the disk and restart the node");
        try
        {
            _timer.Change(Interval, Timeout.InfiniteTimeSpan);
        }
        catch (ObjectDisposedException)
        {
            // The engine ended while this round ran.
        }
    }

    private string? DiskTrouble()
    {
        try
        {
            long free = new DriveInfo(_config.DataDirectory).AvailableFreeSpace;
            return free < _config.Limits.DiskFreeBytesMin
                ? $"MISCONF only {free} bytes are free on the disk of the data directory, less than limits.disk-free-bytes-min; free some space"
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"MISCONF the disk of the data directory can't be looked at: {e.Message}";
        }
    }

    private void Set(CommitObstacle obstacle, string? error)
    {
        if (!_engine.Gate.Set(obstacle, error))
            return;
        if (error is null)
            LogGone(obstacle);
        else
            LogClosed(obstacle, error);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "own clients' writes are refused ({Obstacle}): {Error}")]
    private partial void LogClosed(CommitObstacle obstacle, string error);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Obstacle} no longer keeps own clients' writes out")]
    private partial void LogGone(CommitObstacle obstacle);
}
