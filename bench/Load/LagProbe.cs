using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace MultiCloudKv.Load;

/// <summary>
/// Lag as a client sees it: a write's first readable moment in one region minus its acknowledged moment in another. One
/// thread writes rising numbers to probe keys at a steady rate and notes each acknowledgement; the other reads the keys
/// still awaited, many times a millisecond, and notes when each number first shows. A probe's key is not used again
/// before its number was seen, so a lag of seconds is measured like one of microseconds. Writes acknowledged during the warm-up do not count: the probe's
/// own code is compiled then.
/// </summary>
internal sealed class LagProbe(ProbeConnection from, ProbeConnection to, string prefix)
{
    private const int Keys = 4096;
    private const int ReadAtOnce = 64;
    private const long PollGapNanoseconds = 300_000;
    private static readonly TimeSpan LastWait = TimeSpan.FromSeconds(120);

    private readonly ConcurrentQueue<int> _free = new(Enumerable.Range(0, Keys));
    private readonly ConcurrentQueue<(int Key, long Number, long Acknowledged)> _written = new();
    private readonly List<(double AtSeconds, double LagMs)> _samples = [];
    private volatile bool _done;
    private volatile Exception? _failure;

    public LagReport Run(TimeSpan warmup, TimeSpan duration, double perSecond)
    {
        long begun = Stopwatch.GetTimestamp();
        long measureFrom = begun + (long)(warmup.TotalSeconds * Stopwatch.Frequency);
        Thread writer = new(() => Write(begun, warmup + duration, perSecond));
        writer.Start();
        NativeSockets.SharpenTimers();
        LatencyHistogram lags = new();
        List<(int Key, long Number, long Acknowledged)> awaited = [];
        long deadline = long.MaxValue;
        while (!_done || awaited.Count > 0 || !_written.IsEmpty)
        {
            while (_written.TryDequeue(out (int, long, long) probe))
                awaited.Add(probe);
            if (_failure is not null)
                throw new IOException("probe writer: " + _failure.Message, _failure);
            if (_done && deadline == long.MaxValue)
                deadline = Stopwatch.GetTimestamp() + (long)(LastWait.TotalSeconds * Stopwatch.Frequency);
            if (Stopwatch.GetTimestamp() > deadline)
                break;
            if (awaited.Count > 0)
                ReadOnce(awaited, lags, measureFrom);
            NativeSockets.Sleep(PollGapNanoseconds);
        }

        writer.Join();
        return LagReport.From(lags, _samples, awaited.Count);
    }

    private void ReadOnce(List<(int Key, long Number, long Acknowledged)> awaited, LatencyHistogram lags, long measureFrom)
    {
        int count = Math.Min(awaited.Count, ReadAtOnce);
        List<string> command = ["MGET"];
        for (int index = 0; index < count; index++)
            command.Add(Name(awaited[index].Key));
        List<string?> values = to.Ask(command);
        long now = Stopwatch.GetTimestamp();
        for (int index = count - 1; index >= 0; index--)
        {
            (int key, long number, long acknowledged) = awaited[index];
            if (values[index] is null || long.Parse(values[index]!, CultureInfo.InvariantCulture) < number)
                continue;
            if (acknowledged >= measureFrom)
            {
                double nanoseconds = Stopwatch.GetElapsedTime(acknowledged, Math.Max(now, acknowledged)).TotalNanoseconds;
                lags.Record((long)nanoseconds);
                _samples.Add((Stopwatch.GetElapsedTime(measureFrom, acknowledged).TotalSeconds, nanoseconds / 1e6));
            }

            awaited.RemoveAt(index);
            _free.Enqueue(key);
        }
    }

    private void Write(long begun, TimeSpan duration, double perSecond)
    {
        try
        {
            long first = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() * 1_000_000;
            for (long number = 0; ; number++)
            {
                TimeSpan due = TimeSpan.FromSeconds(number / perSecond);
                if (due >= duration)
                    break;
                TimeSpan early = due - Stopwatch.GetElapsedTime(begun);
                if (early > TimeSpan.Zero)
                    Thread.Sleep(early);
                if (Stopwatch.GetElapsedTime(begun) >= duration)
                    break;
                if (!_free.TryDequeue(out int key))
                    continue;
                from.Ask(["SET", Name(key), (first + number).ToString(CultureInfo.InvariantCulture)]);
                _written.Enqueue((key, first + number, Stopwatch.GetTimestamp()));
            }
        }
        catch (Exception failure)
        {
            _failure = failure;
        }

        _done = true;
    }

    private string Name(int key) => string.Create(CultureInfo.InvariantCulture, $"{prefix}:{key}");
}
