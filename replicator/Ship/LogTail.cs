using System.Diagnostics;
using System.Runtime.InteropServices;
using MultiCloudKv.Binlog;
using MultiCloudKv.Foundation;
using MultiCloudKv.Rpc.Configuration;

namespace MultiCloudKv.Replicator.Ship;

/// <summary>
/// Watches the committed length of the node's binlog and wakes whoever waits for more of what this region wrote: where the log only grows by
/// other regions' changes there is nothing to ship, and a shipper passes over them with the next heartbeat. One thread looks, at a pace (<see cref="LookPace"/>).
/// </summary>
/// <remarks>Thread-safe.</remarks>
public sealed partial class LogTail : IDisposable
{
    private readonly string _directory;
    private readonly LookPace _pace;
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _thread;
    private TaskCompletionSource _next = New();
    private BinlogReader? _reader;
    private long _committed;
    private long _originated;

    public LogTail(string directory, TransportKind transport)
    {
        _directory = directory;
        _pace = new LookPace(transport);
        _thread = new Thread(Look) { IsBackground = true, Name = "log-tail" };
        _thread.Start();
    }

    /// <summary>End of what may be read, as last seen.</summary>
    public long Committed => Volatile.Read(ref _committed);

    /// <summary>Completes at the next change of this region or <see cref="Wake"/>. To be taken before looking at what one waits for.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    /// <summary>Wakes all waiters for another reason than new records.</summary>
    public void Wake() => Interlocked.Exchange(ref _next, New()).TrySetResult();

    public void Dispose()
    {
        _stop.Cancel();
        _thread.Join();
        _reader?.Dispose();
        _stop.Dispose();
    }

    private void Look()
    {
        long looked = Stopwatch.GetTimestamp();
        while (!_stop.IsCancellationRequested)
        {
            _reader ??= TryOpen();
            long originated = _reader?.Originated ?? 0;
            long committed = _reader?.Committed ?? 0;
            long now = Stopwatch.GetTimestamp();
            TimeSpan pause = _pace.Next(originated != _originated, committed - Committed, Stopwatch.GetElapsedTime(looked, now));
            looked = now;
            Volatile.Write(ref _committed, committed);
            if (originated != _originated)
            {
                _originated = originated;
                Wake();
            }

            var time = new TimeSpec(0, pause.Ticks * TimeSpan.NanosecondsPerTick);
            _ = Sleep(in time, 0);
        }
    }

    /// <summary>Null while the log can't be opened: the next look tries again, and who needs the log says what is wrong with it.</summary>
    private BinlogReader? TryOpen()
    {
        try
        {
            return BinlogReader.TryOpen(_directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or EnvironmentException)
        {
            return null;
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LibraryImport("libc", EntryPoint = "nanosleep")]
    private static partial int Sleep(in TimeSpec time, nint remaining);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct TimeSpec(long seconds, long nanoseconds)
    {
        public readonly long Seconds = seconds;
        public readonly long Nanoseconds = nanoseconds;
    }
}
