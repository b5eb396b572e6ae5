using System.Buffers.Text;
using System.Diagnostics;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Load;

/// <summary>
/// Notices when a processor ran nobody. The host of a virtual machine can stop one of its processors, or all, for tens of milliseconds, and does not
/// always count that as stolen time; whoever is on that processor stands still, and whoever waits for him.
/// A thread on each processor, at a priority above everything else (SCHED_FIFO, sched(7)), sleeps a millisecond at a time. When it goes on late, either
/// its timer came late, because the processor was stopped (or had its interrupts off), or its turn came late after the timer, because somebody could
/// not be made to give way, deep in a system call. The second is the load's own doing; the kernel has its length (the time a thread waited for its
/// turn, the second number of /proc/thread-self/schedstat), and only the rest counts as a stop.
/// Needs the right to set that priority (root or CAP_SYS_NICE) and the schedstat file; without them no stop is known.
/// Threads: one per processor, started by the constructor and ended by <see cref="Dispose"/>; <see cref="Stops"/> is to be called after that.
/// </summary>
internal sealed class StopWitness : IDisposable
{
    private const long NapNanoseconds = 1_000_000;
    private const long LateNanoseconds = 2_000_000;
    private const int NotesMax = 16 * 1024;
    private const int Priority = 90;

    private readonly List<TimeSlice>[] _stops;
    private readonly Thread[] _threads;
    private volatile bool _ended;
    private volatile bool _refused;

    public StopWitness()
    {
        IReadOnlyList<int> processors = ProcessorSet.OfProcess().Numbers;
        _stops = [.. processors.Select(_ => new List<TimeSlice>())];
        _threads = [.. processors.Select((processor, at) => new Thread(() => Watch(processor, _stops[at])) { IsBackground = true, Name = "witness-" + processor })];
        foreach (Thread thread in _threads)
            thread.Start();
    }

    /// <summary>When any processor was stopped, in order; null where a witness was refused what it needs.</summary>
    public IReadOnlyList<TimeSlice>? Stops() => _refused ? null : TimeSlice.Union(_stops.SelectMany(stops => stops));

    public void Dispose()
    {
        _ended = true;
        foreach (Thread thread in _threads)
            thread.Join();
    }

    private void Watch(int processor, List<TimeSlice> stops)
    {
        try
        {
            using FileStream statistics = new("/proc/thread-self/schedstat", FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            if (new ProcessorSet(processor).BindThread() && NativeScheduling.BeFirst(Priority))
                Watch(statistics, stops);
            else
                _refused = true;
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException or FormatException)
        {
            _refused = true;
        }
    }

    private void Watch(FileStream statistics, List<TimeSlice> stops)
    {
        NativeSockets.SharpenTimers();
        long waitedBefore = WaitedForTurn(statistics);
        while (!_ended && !_refused)
        {
            long due = Nanoseconds() + NapNanoseconds;
            NativeSockets.Sleep(NapNanoseconds);
            long woken = Nanoseconds(), waited = WaitedForTurn(statistics);
            TimeSlice stop = new(due, woken - (waited - waitedBefore));
            if (stop.Length > LateNanoseconds && stops.Count < NotesMax)
                stops.Add(stop);
            waitedBefore = waited;
        }
    }

    private static long Nanoseconds() => (long)(Stopwatch.GetTimestamp() * (1e9 / Stopwatch.Frequency));

    private static long WaitedForTurn(FileStream statistics)
    {
        Span<byte> text = stackalloc byte[128];
        text = text[..RandomAccess.Read(statistics.SafeFileHandle, text, fileOffset: 0)];
        return Utf8Parser.TryParse(text[(text.IndexOf((byte)' ') + 1)..], out long waited, out _) ? waited : throw new FormatException("schedstat");
    }
}
