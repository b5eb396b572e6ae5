using System.Globalization;
using MultiCloudKv.Cli.Deployment;

namespace MultiCloudKv.Cli.Bench;

/// <summary>
/// Lag at 20,000 writes a second: from acknowledged in one region to first readable in the other. Of each percentile the median of rounds, as long each as
/// it takes an epoch to close; what the rounds had is in the notes.
/// </summary>
internal static class LagStage
{
    private const int WritesPerSecond = 20_000;

    /// <summary>Each probe is read some times until it shows; at 500 a second that took a tenth of what two processors can do.</summary>
    private const double ProbesPerSecond = 200;

    public static async Task RunAsync(BenchContext bench)
    {
        await bench.WithSystemAsync(system => MeasureAsync(bench, system, "direct", 1.5, 8)).ConfigureAwait(false);
        await using KafkaBrokers? brokers = bench.Options.Kafka is null ? await KafkaBrokers.TryStartAsync(bench.Scratch("brokers"), bench.Stop).ConfigureAwait(false) : null;
        if ((bench.Options.Kafka ?? brokers?.Bootstrap) is { } kafka)
            await bench.WithSystemAsync(system => MeasureAsync(bench, system, "kafka", 4, 20), "kafka=" + kafka).ConfigureAwait(false);
    }

    private static async Task MeasureAsync(BenchContext bench, SystemRunner system, string transport, double medianBar, double tailBar)
    {
        int east = system.System.Regions[0].ClientPort, west = system.System.Regions[1].ClientPort;
        double seconds = bench.Options.LagSeconds;
        await LoadProcess.RunAsync(east, "set", 1, bench.Options.LagWarmupSeconds, bench.Stop, Rate()).ConfigureAwait(false);
        List<LagResult> lags = [];
        List<LoadResult> loads = [];
        for (int round = 0; round < bench.Options.LagRounds; round++)
        {
            Task<LagResult> probing = LoadProcess.LagAsync(east, west, seconds, ProbesPerSecond, bench.Stop);
            loads.Add(await LoadProcess.RunAsync(east, "set", 1, seconds, bench.Stop, Rate()).ConfigureAwait(false));
            lags.Add(await probing.ConfigureAwait(false));
        }

        int neverSeen = lags.Sum(lag => lag.NeverSeen);
        string note = string.Create(
            CultureInfo.InvariantCulture,
            $"{BenchContext.Median(loads.Select(load => load.PerSecond)):0}/s, replies p99 {BenchContext.Median(loads.Select(load => load.P99Ms)):0.0} ms, {lags.Sum(lag => lag.Probes)} probes{(neverSeen > 0 ? $", {neverSeen} NEVER SEEN" : string.Empty)}");
        Add("p50", lag => neverSeen > 0 ? double.MaxValue : lag.P50Ms, medianBar, note);
        Add("p99", lag => lag.P99Ms, tailBar);
        Add("p99.9", lag => lag.P999Ms);

        void Add(string name, Func<LagResult, double> percentile, double? atMost = null, string? more = null)
        {
            double[] rounds = [.. lags.Select(percentile)];
            string range = string.Create(CultureInfo.InvariantCulture, $"rounds {rounds.Min():0.00} to {rounds.Max():0.00} ms");
            bench.Add(BenchRow.Plain($"lag {name}, {transport}", "ms", BenchContext.Median(rounds), atMost, note: more is null ? range : $"{range}; {more}"));
        }
    }

    private static string[] Rate() => ["--rate", WritesPerSecond.ToString(CultureInfo.InvariantCulture)];
}
