using System.Diagnostics;

namespace MultiCloudKv.Server.Commands;

/// <summary>What is known of the runs of one command.</summary>
/// <param name="Calls">Runs that came to an end.</param>
/// <param name="Failed">Of these, those that answered an error.</param>
/// <param name="Rejected">Refused before they ran.</param>
/// <param name="TimedCalls">Of the calls, those that were timed.</param>
/// <param name="TimedTicks">How long these took together, in ticks of <see cref="Stopwatch"/>.</param>
internal readonly record struct CommandTotals(long Calls, long Failed, long Rejected, long TimedCalls, long TimedTicks)
{
    /// <summary>Mean of the timed calls.</summary>
    public double MicrosecondsPerCall => TimedCalls > 0 ? TimedTicks * 1e6 / Stopwatch.Frequency / TimedCalls : 0;

    /// <summary>An estimate from the timed calls.</summary>
    public long Microseconds => (long)(MicrosecondsPerCall * Calls);

    public static CommandTotals operator +(CommandTotals a, CommandTotals b) =>
        new(a.Calls + b.Calls, a.Failed + b.Failed, a.Rejected + b.Rejected, a.TimedCalls + b.TimedCalls, a.TimedTicks + b.TimedTicks);

    public static CommandTotals operator -(CommandTotals a, CommandTotals b) =>
        new(a.Calls - b.Calls, a.Failed - b.Failed, a.Rejected - b.Rejected, a.TimedCalls - b.TimedCalls, a.TimedTicks - b.TimedTicks);
}
