namespace MultiCloudKv.Cli.Bench;

/// <summary>What one lag measurement of the load generator reported.</summary>
internal sealed record LagResult(long Probes, int NeverSeen, double P50Ms, double P99Ms, double P999Ms, double MaxMs, IReadOnlyList<double> PerSecondP50Ms)
{
    /// <summary>
    /// Lag of the last third of the time within what the first third had, with room for noise; medians, for a backlog that comes and goes is
    /// not one that grows.
    /// </summary>
    public bool DoesNotGrow
    {
        get
        {
            int third = Math.Max(PerSecondP50Ms.Count / 3, 1);
            double first = BenchContext.Median([.. PerSecondP50Ms.Take(third).DefaultIfEmpty()]), last = BenchContext.Median([.. PerSecondP50Ms.TakeLast(third).DefaultIfEmpty()]);
            return NeverSeen == 0 && last <= Math.Max(first * 2, first + 200);
        }
    }
}
