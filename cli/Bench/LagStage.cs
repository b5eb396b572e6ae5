using MultiCloudKv.Cli.Deployment;

namespace MultiCloudKv.Cli.Bench;

/// <summary>Lag at 20,000 writes a second: from acknowledged in one region to first readable in the other.</summary>
internal static class LagStage
{
    private const int WritesPerSecond = 20_000;

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
        Task<LagResult> probing = LoadProcess.LagAsync(east, west, seconds, 500, bench.Stop);
        LoadResult load = await LoadProcess.RunAsync(east, "set", 1, seconds, bench.Stop, Rate()).ConfigureAwait(false);
        LagResult lag = await probing.ConfigureAwait(false);
        string note = $"{load.PerSecond:0}/s, replies p99 {load.P99Ms:0.0} ms, {lag.Probes} probes{(lag.NeverSeen > 0 ? $", {lag.NeverSeen} NEVER SEEN" : string.Empty)}";
        bench.Add(BenchRow.Plain($"lag p50, {transport}", "ms", lag.NeverSeen > 0 ? double.MaxValue : lag.P50Ms, atMost: medianBar, note: note));
        bench.Add(BenchRow.Plain($"lag p99, {transport}", "ms", lag.P99Ms, atMost: tailBar));
        bench.Add(BenchRow.Plain($"lag p99.9, {transport}", "ms", lag.P999Ms));
    }

    private static string[] Rate() => ["--rate", WritesPerSecond.ToString(provider: null)];
}
