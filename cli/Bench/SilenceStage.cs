using System.Globalization;
using MultiCloudKv.Cli.Deployment;

namespace MultiCloudKv.Cli.Bench;

/// <summary>
/// The longest time without any reply, at full write load on a node with compiled code and its keys there. Median of rounds, each long enough for an epoch
/// to close: what an epoch's close costs shows in every round, a stall of the machine in some. Where redis-server's own median is above the bar, the
/// machine's stalls are what is measured, and it is the bar.
/// </summary>
internal static class SilenceStage
{
    private const double BarMs = 20;

    public static Task RunAsync(BenchContext bench) => bench.WithSystemAsync(async system =>
    {
        await using RedisServer redis = await RedisServer.StartAsync(bench.Scratch("quiet"), null, bench.Stop).ConfigureAwait(false);
        int east = system.System.Regions[0].ClientPort;
        await ThroughputStage.SetLinksAsync(system, paused: true, bench.Stop).ConfigureAwait(false);
        foreach (int port in (int[])[redis.Port, east])
        {
            await LoadProcess.FillAsync(port, "set", bench.Options.Keys, bench.Stop).ConfigureAwait(false);
            await MeasureAsync(bench, port).ConfigureAwait(false);
        }

        List<double> ours = [], theirs = [];
        for (int round = 0; round < bench.Options.SilenceRounds; round++)
        {
            theirs.Add(await MeasureAsync(bench, redis.Port).ConfigureAwait(false));
            ours.Add(await MeasureAsync(bench, east).ConfigureAwait(false));
        }

        await ThroughputStage.SetLinksAsync(system, paused: false, bench.Stop).ConfigureAwait(false);
        double theirMedian = BenchContext.Median(theirs);
        string note = string.Create(CultureInfo.InvariantCulture, $"rounds {ours.Min():0.0} to {ours.Max():0.0} ms; redis {theirMedian:0.0} ms, rounds {theirs.Min():0.0} to {theirs.Max():0.0} ms");
        bench.Add(BenchRow.Plain("longest silence at full write load", "ms", BenchContext.Median(ours), atMost: Math.Max(BarMs, theirMedian), note: note));
    });

    private static async Task<double> MeasureAsync(BenchContext bench, int port) =>
        (await LoadProcess.RunAsync(port, "set", 16, bench.Options.LagSeconds, bench.Stop, "--warmup", "1").ConfigureAwait(false)).LongestSilenceMs;
}
