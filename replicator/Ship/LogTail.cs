using System.Diagnostics;
using System.Runtime.InteropServices;
using MultiCloudKv.Binlog;
using MultiCloudKv.Foundation;
using MultiCloudKv.Rpc.Configuration;

namespace MultiCloudKv.Replicator.Ship;

/// <summary>
/// Watches the committed length of the node's binlog and wakes whoever waits for more of what this region wrote: where the log only grows by
/// other regions' changes there is nothing to ship, and a shipper passes over them with the next heartbeat. One thread looks. Its pace is the
/// only linger there is: what was committed between two looks travels together, and a message costs about as much as ten changes.
/// So it looks every quarter of a millisecond while there is little traffic, every one or two milliseconds under a steady load (two where a message goes
/// through a broker, which works on each as well), and the faster the log grows the more rarely, down to every five; every two after a pause and every five after a long one, so that an idle node costs next to nothing.
/// </summary>
/// <remarks>Thread-safe.</remarks>
public sealed partial class LogTail : IDisposable
{
    private const long PauseNs = 250_000;
    private const long PauseSteadyNs = 1_000_000;
    private const long PauseSteadyByBrokerNs = 2_000_000;
    private const long PauseFastNs = 5_000_000;
    private const long PauseIdleNs = 2_000_000;
    private const long PauseAsleepNs = 5_000_000;
    private const long SteadyBytesPerSecond = 1 << 20;
    private const long BusyBytesPerSecond = 6 << 20;
    private const long FastBytesPerSecond = 8 << 20;

    /// <summary>The rate is a mean over about so many looks.</summary>
    private const int RateLooks = 8;

    private const int LooksBeforeIdle = 200;
    private const int LooksBeforeAsleep = 3000;
    private readonly string _directory;
    private readonly long _pauseSteadyNs;
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _thread;
    private TaskCompletionSource _next = New();
    private BinlogReader? _reader;
    private long _committed;
    private long _originated;

    public LogTail(string directory, TransportKind transport)
    {
        _directory = directory;
        _pauseSteadyNs = transport == TransportKind.Kafka ? PauseSteadyByBrokerNs : PauseSteadyNs;
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
        int quiet = 0;
        long pace = PauseNs;
        double rate = 0;
        long looked = Stopwatch.GetTimestamp();
        while (!_stop.IsCancellationRequested)
        {
            _reader ??= TryOpen();
            long originated = _reader?.Originated ?? 0;
            long committed = _reader?.Committed ?? 0;
            long now = Stopwatch.GetTimestamp();
            rate += (((committed - Committed) / Stopwatch.GetElapsedTime(looked, now).TotalSeconds) - rate) / RateLooks;
            looked = now;
            Volatile.Write(ref _committed, committed);
            if (originated != _originated)
            {
                pace = Pace(rate);
                _originated = originated;
                Wake();
                quiet = 0;
            }

            quiet++;
            long pause = quiet < LooksBeforeIdle ? pace : quiet < LooksBeforeAsleep ? PauseIdleNs : PauseAsleepNs;
            var time = new TimeSpec(0, pause);
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

    /// <summary>The pause where the log grows by so many bytes a second.</summary>
    private long Pace(double bytesPerSecond)
    {
        if (bytesPerSecond < SteadyBytesPerSecond)
            return PauseNs;
        double busy = Math.Clamp((bytesPerSecond - BusyBytesPerSecond) / (FastBytesPerSecond - BusyBytesPerSecond), 0, 1);
        return _pauseSteadyNs + (long)(busy * (PauseFastNs - _pauseSteadyNs));
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
