using System.Globalization;

namespace MultiCloudKv.Cli.Bench;

/// <summary>What one lag measurement of the load generator reported.</summary>
internal sealed record LagResult(long Probes, int NeverSeen, double P50Ms, double P99Ms, double P999Ms, double MaxMs, IReadOnlyList<double> PerSecondP50Ms)
{
    /// <summary>
    /// Lag of the last third of the time within what the first third had, with room for noise; medians, for a backlog that comes and goes is
    /// not one that grows.
    /// </summary>
    public bool DoesNotGrow => NeverSeen == 0 && LastThirdMs <= Math.Max(FirstThirdMs * 2, FirstThirdMs + 200);

    private double FirstThirdMs => BenchContext.Median([.. PerSecondP50Ms.Take(Third).DefaultIfEmpty()]);

    private double LastThirdMs => BenchContext.Median([.. PerSecondP50Ms.TakeLast(Third).DefaultIfEmpty()]);

    private int Third => Math.Max(PerSecondP50Ms.Count / 3, 1);

    /// <summary>For a row's note: the median, and what makes it a lag that grows if it does.</summary>
    public string Describe() => string.Create(
        CultureInfo.InvariantCulture,
        $"lag p50 {P50Ms:0.0} ms{(DoesNotGrow ? string.Empty : $" AND GROWING ({FirstThirdMs:0} ms in the first third, {LastThirdMs:0} in the last, {NeverSeen} never seen)")}");
}
