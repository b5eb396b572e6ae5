using System.Diagnostics;

namespace MultiCloudKv.Server.Commands;

/// <summary>
/// How often one connection ran one command, how often it failed or was rejected, and how long a part of the runs took: the
/// first and then every <see cref="TimedEvery"/>th one is timed, because reading the clock twice costs more than a quick command's
/// own bookkeeping.
/// </summary>
/// <remarks>Written by the thread that runs the connection's commands; others read each word as it is.</remarks>
internal sealed class CommandCount
{
    /// <summary>A power of two.</summary>
    private const int TimedEvery = 64;

    private long _calls;
    private long _failed;
    private long _rejected;
    private long _timedCalls;
    private long _timedTicks;

    public CommandTotals Totals => new(Volatile.Read(ref _calls), Volatile.Read(ref _failed), Volatile.Read(ref _rejected), Volatile.Read(ref _timedCalls), Volatile.Read(ref _timedTicks));

    /// <summary>Before a run. Returns what <see cref="End"/> wants: the time, or 0 for a run that is not timed.</summary>
    public long Begin() => (_calls & (TimedEvery - 1)) == 0 ? Stopwatch.GetTimestamp() : 0;

    public void End(long begun, bool failed)
    {
        _calls++;
        if (begun != 0)
        {
            _timedTicks += Stopwatch.GetTimestamp() - begun;
            _timedCalls++;
        }

        if (failed)
            _failed++;
    }

    /// <summary>It did not come to run.</summary>
    public void Reject() => _rejected++;
}
