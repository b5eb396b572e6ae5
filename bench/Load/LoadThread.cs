using System.Diagnostics;

namespace MultiCloudKv.Load;

/// <summary>
/// One thread, some connections, one poll loop. Two ways to send:
/// closed: each connection sends a pipeline of commands, waits for all replies, sends the next, as redis-benchmark does;
/// open (a rate): commands fall due by the clock, whatever the server does, and latency counts from when a command was
/// due, so that a stall is seen by every command it held up and not only by the one that met it.
/// A closed load can be had in slices, too (<see cref="RunSlice"/>), so that somebody else has the machine in between.
/// </summary>
internal sealed class LoadThread(LoadOptions options, int index)
{
    private const int OutstandingMax = 65_536;
    private const long IdleWaitNanoseconds = 50_000_000;

    /// <summary>What fell due within this time is sent together: a generator that woke for each command would take the processor from what it measures.</summary>
    private const long OpenPaceNanoseconds = 500_000;

    /// <summary>A shorter time without a reply is not noted; one thread's notes grow by 16,000 bytes a second at most.</summary>
    private const long SilenceNanoseconds = 1_000_000;

    private static readonly double NanosecondsPerTick = 1e9 / Stopwatch.Frequency;
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(30);

    private readonly List<Wire> _wires = [];
    private readonly byte[] _values = MakeValues(options.Seed);
    private RandomNumbers _random = new((options.Seed * 1000) + (ulong)index + 1);
    private CommandTemplate[] _templates = [];
    private int[] _percents = [];
    private PollEntry[] _entries = [];
    private long _next;
    private long _end;

    public LatencyHistogram Latencies { get; } = new();

    /// <summary>Commands answered within the measured time.</summary>
    public long Answered { get; private set; }

    public long Errors => _wires.Sum(wire => wire.Scanner.Errors);

    public long Nulls => _wires.Sum(wire => wire.Scanner.Nulls);

    public string? FirstError => _wires.Select(wire => wire.Scanner.FirstError).FirstOrDefault(error => error is not null);

    public double Seconds { get; private set; }

    /// <summary>Times of a millisecond and more, in order, in which no connection of this thread got any reply although some were owed.</summary>
    public List<TimeSlice> Silences { get; } = [];

    public void Connect()
    {
        int connections = (options.Connections / options.Threads) + (index < options.Connections % options.Threads ? 1 : 0);
        _templates = [.. options.Mix.Select(part => CommandTemplate.For(part.Kind, options.ValueBytes, options.OneKey))];
        _percents = [.. options.Mix.Select(part => part.Percent)];
        for (int made = 0; made < connections; made++)
            _wires.Add(new Wire(options.Host, options.Port, options.Password, options.Rate > 0 ? OutstandingMax : options.Pipeline));
        _entries = [.. _wires.Select(wire => new PollEntry { Descriptor = wire.Descriptor, Wanted = NativeSockets.ReadReady })];
        long share = options.KeySpace / options.Threads;
        _next = share * index;
        _end = index == options.Threads - 1 ? options.KeySpace : _next + share;
    }

    public void Run()
    {
        NativeSockets.SharpenTimers();
        _ = options.Processors?.BindThread();
        if (options.Rate > 0)
            RunOpen();
        else
            RunClosed(options.Duration);
        Close();
    }

    /// <summary>
    /// A closed load for one slice of time, whose first part (the warm-up) is not measured; results add up over slices. Returns when what was still owed at
    /// the slice's end has come, uncounted. <see cref="Close"/> after the last.
    /// </summary>
    /// <exception cref="IOException">What was owed did not come within <see cref="DrainLimit"/>.</exception>
    public void RunSlice()
    {
        RunClosed(options.Slice);
        long begun = Stopwatch.GetTimestamp();
        while (_wires.Exists(wire => wire.Outstanding > 0))
        {
            NativeSockets.Poll(_entries, IdleWaitNanoseconds);
            long now = Stopwatch.GetTimestamp();
            if (now - begun > Ticks(DrainLimit))
                throw new IOException($"no reply within {DrainLimit.TotalSeconds:0} s");
            for (int at = 0; at < _entries.Length; at++)
            {
                if (_entries[at].Ready != 0)
                    Serve(at, now, measuring: false, refill: false);
            }
        }
    }

    public void Close()
    {
        foreach (Wire wire in _wires)
            wire.Dispose();
    }

    private void RunClosed(TimeSpan duration)
    {
        long begun = Stopwatch.GetTimestamp();
        long measureFrom = begun + Ticks(options.Warmup), until = options.Fill ? long.MaxValue : measureFrom + Ticks(duration);
        foreach (Wire wire in _wires)
            SendBatch(wire, begun);

        long now = begun, heard = begun;
        bool stopping = false;
        while (!stopping)
        {
            NativeSockets.Poll(_entries, IdleWaitNanoseconds);
            now = Stopwatch.GetTimestamp();
            long answeredBefore = Answered;
            stopping = now >= until || (options.Fill && _next >= _end && _wires.All(wire => wire.Outstanding == 0));
            for (int at = 0; at < _entries.Length; at++)
            {
                if (_entries[at].Ready != 0)
                    Serve(at, now, now >= measureFrom, refill: !stopping);
            }

            if (Answered > answeredBefore)
            {
                TimeSlice silence = new((long)(heard * NanosecondsPerTick), (long)(now * NanosecondsPerTick));
                if (heard > measureFrom && silence.Length > SilenceNanoseconds)
                    Silences.Add(silence);
                heard = now;
            }
        }

        Seconds += Stopwatch.GetElapsedTime(measureFrom, now).TotalSeconds;
    }

    /// <summary>Takes what has come for a connection of a closed load and sends what it has to send.</summary>
    private void Serve(int at, long now, bool measuring, bool refill)
    {
        Wire wire = _wires[at];
        int answered = wire.Receive(now, NanosecondsPerTick, measuring ? Latencies : null);
        Answered += measuring ? answered : 0;
        if (refill && wire.Outstanding == 0)
            SendBatch(wire, now);
        else if (wire.HasUnsent)
            wire.Send();
        _entries[at].Wanted = wire.HasUnsent ? (short)(NativeSockets.ReadReady | NativeSockets.WriteReady) : NativeSockets.ReadReady;
    }

    private void SendBatch(Wire wire, long due)
    {
        for (int made = 0; made < options.Pipeline && (!options.Fill || _next < _end); made++)
            AppendOne(wire, due);
        if (wire.HasUnsent)
            wire.Send();
    }

    private void RunOpen()
    {
        double interval = Stopwatch.Frequency / (options.Rate / options.Threads);
        long begun = Stopwatch.GetTimestamp();
        long measureFrom = begun + Ticks(options.Warmup), until = measureFrom + Ticks(options.Duration);
        long issued = 0, now = begun;
        int turn = 0;
        while (true)
        {
            long due = begun + (long)(issued * interval);
            while (due <= now && due < until)
            {
                if (!TakeTurn(ref turn))
                    break;
                AppendOne(_wires[turn], due);
                issued++;
                due = begun + (long)(issued * interval);
            }

            foreach (Wire wire in _wires)
            {
                if (wire.HasUnsent)
                    wire.Send();
            }

            bool drained = _wires.TrueForAll(wire => wire.Outstanding == 0);
            if (now >= until && (drained || now >= until + Ticks(DrainLimit)))
                break;
            NativeSockets.Sleep(OpenPaceNanoseconds);
            NativeSockets.Poll(_entries, 0);
            now = Stopwatch.GetTimestamp();
            for (int at = 0; at < _entries.Length; at++)
            {
                if (_entries[at].Ready == 0)
                    continue;
                bool measuring = now >= measureFrom;
                int answered = _wires[at].Receive(now, NanosecondsPerTick, measuring ? Latencies : null);
                Answered += measuring ? answered : 0;
            }
        }

        Seconds = Stopwatch.GetElapsedTime(measureFrom, now).TotalSeconds;
    }

    /// <summary>The next connection, in turn, that can take one more command.</summary>
    private bool TakeTurn(ref int turn)
    {
        for (int tried = 0; tried < _wires.Count; tried++)
        {
            turn = (turn + 1) % _wires.Count;
            if (_wires[turn].HasRoom)
                return true;
        }

        return false;
    }

    private void AppendOne(Wire wire, long due)
    {
        int kind = 0;
        if (_templates.Length > 1)
        {
            long drawn = _random.Below(100);
            while (drawn >= _percents[kind])
                drawn -= _percents[kind++];
        }

        CommandTemplate template = _templates[kind];
        long number = options.Fill ? _next++ : _random.Below(options.KeySpace);
        template.Write(wire.Append(template.Length, due), number, options.KeySpace, ref _random, _values);
    }

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);

    private static byte[] MakeValues(ulong seed)
    {
        byte[] values = new byte[64 * 1024];
        RandomNumbers random = new(seed + 7);
        for (int index = 0; index < values.Length; index++)
            values[index] = (byte)('0' + random.Below(75));
        return values;
    }
}
