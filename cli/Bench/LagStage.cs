using System.Globalization;
using MultiCloudKv.Cli.Deployment;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Cli.Bench;

/// <summary>
/// Lag at 20,000 writes a second: from acknowledged in one region to first readable in the other. Of each percentile the median of rounds, as long each as
/// it takes an epoch to close; what the rounds had is in the notes. The load runs through all of them: what it costs to start a load generator is not lag.
/// </summary>
internal static class LagStage
{
    private const int WritesPerSecond = 20_000;

    /// <summary>Each probe is read some times until it shows; at 500 a second that took a tenth of what two processors can do.</summary>
    private const double ProbesPerSecond = 200;

    /// <summary>The probe's own code is compiled then.</summary>
    private const double ProbeWarmupSeconds = 1;

    /// <summary>For the probe's process to start and end.</summary>
    private const double BetweenRoundsSeconds = 2;

    public static async Task RunAsync(BenchContext bench)
    {
        await bench.WithSystemAsync(system => MeasureAsync(bench, system, "direct", bench.Options.LagWarmupSeconds, 1.5, 8)).ConfigureAwait(false);
        await using KafkaBrokers? brokers = bench.Options.Kafka is null ? await KafkaBrokers.TryStartAsync(bench.Scratch("brokers"), bench.Stop).ConfigureAwait(false) : null;
        if ((bench.Options.Kafka ?? brokers?.Bootstrap) is { } kafka)
            await bench.WithSystemAsync(system => MeasureAsync(bench, system, "kafka", bench.Options.BrokerWarmupSeconds, 4, 20), "kafka=" + kafka).ConfigureAwait(false);
    }

    private static async Task MeasureAsync(BenchContext bench, SystemRunner system, string transport, double warmup, double medianBar, double tailBar)
    {
        int east = system.System.Regions[0].ClientPort, west = system.System.Regions[1].ClientPort;
        int rounds = bench.Options.LagRounds;
        double seconds = bench.Options.LagSeconds, loaded = rounds * (ProbeWarmupSeconds + seconds + BetweenRoundsSeconds);
        using CancellationTokenSource loading = CancellationTokenSource.CreateLinkedTokenSource(bench.Stop);
        Task<LoadResult> load = LoadProcess.RunAsync(east, "set", 1, loaded, loading.Token, "--warmup", LoadProcess.Text(warmup), "--rate", LoadProcess.Text(WritesPerSecond));
        List<LagResult> lags = [];
        try
        {
            await Task.WhenAny(load, Task.Delay(TimeSpan.FromSeconds(warmup), bench.Stop)).ConfigureAwait(false);
            for (int round = 0; round < rounds && !load.IsCompleted; round++)
                lags.Add(await LoadProcess.LagAsync(east, west, seconds, ProbesPerSecond, bench.Stop, "--warmup", LoadProcess.Text(ProbeWarmupSeconds)).ConfigureAwait(false));
        }
        catch
        {
            await loading.CancelAsync().ConfigureAwait(false);
            throw;
        }

        LoadResult done = await load.ConfigureAwait(false);
        int neverSeen = lags.Sum(lag => lag.NeverSeen);
        if (lags.Count < rounds && neverSeen == 0)
            throw new EnvironmentException("lag: the load ended before it was measured; the machine is too busy", ExitCodes.Failed);
        string note = string.Create(
            CultureInfo.InvariantCulture,
            $"{done.PerSecond:0}/s, replies p99 {done.P99Ms:0.0} ms, {lags.Sum(lag => lag.Probes)} probes{(neverSeen > 0 ? $", {neverSeen} NEVER SEEN" : string.Empty)}");
        Add("p50", lag => neverSeen > 0 ? double.MaxValue : lag.P50Ms, medianBar, note);
        Add("p99", lag => lag.P99Ms, tailBar);
        Add("p99.9", lag => lag.P999Ms);

        void Add(string name, Func<LagResult, double> percentile, double? atMost = null, string? more = null)
        {
            double[] measured = [.. lags.Select(percentile)];
            string range = string.Create(CultureInfo.InvariantCulture, $"rounds {measured.Min():0.00} to {measured.Max():0.00} ms");
            bench.Add(BenchRow.Plain($"lag {name}, {transport}", "ms", BenchContext.Median(measured), atMost, note: more is null ? range : $"{range}; {more}"));
        }
    }
}
