using System.Globalization;
using MultiCloudKv.Cli.Deployment;

namespace MultiCloudKv.Cli.Bench;

/// <summary>
/// The longest time without any reply, at full write load on a node with compiled code and its keys there. Median of rounds, each long enough for an epoch
/// to close; epochs close more often than by default, so that rounds are short and what the machine itself does once in minutes spoils few of them. A
/// virtual machine's host stops its processors for milliseconds, sometimes for tens of them, and most while they and the disk are busy: time in which a
/// processor was stopped (the load generator watches for that) is no silence of the server's, and is taken off; the notes have the silences with it.
/// Where redis-server's own median is above the bar still, the machine is what is measured, and it is the bar.
/// </summary>
internal static class SilenceStage
{
    private const int EpochMs = 5000;
    private const double RoundSeconds = 2 * EpochMs / 1000.0;
    private const double BarMs = 20;

    public static Task RunAsync(BenchContext bench) => bench.WithSystemAsync(async system =>
    {
        await using RedisServer redis = await RedisServer.StartAsync(bench.Scratch("quiet"), null, bench.Stop).ConfigureAwait(false);
        int east = system.System.Regions[0].ClientPort;
        await ThroughputStage.SetLinksAsync(system, paused: true, bench.Stop).ConfigureAwait(false);
        foreach (int port in (int[])[redis.Port, east])
        {
            await LoadProcess.FillAsync(port, "set", bench.Options.Keys, bench.Stop).ConfigureAwait(false);
            await MeasureAsync(bench, port, bench.Options.LagSeconds).ConfigureAwait(false);
        }

        List<LoadResult> ours = [], theirs = [];
        for (int round = 0; round < bench.Options.SilenceRounds; round++)
        {
            theirs.Add(await MeasureAsync(bench, redis.Port, RoundSeconds).ConfigureAwait(false));
            ours.Add(await MeasureAsync(bench, east, RoundSeconds).ConfigureAwait(false));
        }

        await ThroughputStage.SetLinksAsync(system, paused: false, bench.Stop).ConfigureAwait(false);
        double theirMedian = Median(theirs);
        string note = string.Create(CultureInfo.InvariantCulture, $"{Rounds(ours)}; redis {theirMedian:0.0} ms, {Rounds(theirs)}");
        bench.Add(BenchRow.Plain("longest silence at full write load", "ms", Median(ours), atMost: Math.Max(BarMs, theirMedian), note: note));
    }, $"epoch-ms={EpochMs}");

    private static Task<LoadResult> MeasureAsync(BenchContext bench, int port, double seconds) =>
        LoadProcess.RunAsync(port, "set", 16, seconds, bench.Stop, "--warmup", "1", "--witness");

    private static double Median(List<LoadResult> rounds) => BenchContext.Median([.. rounds.Select(round => round.LongestSilenceRunningMs)]);

    private static string Rounds(List<LoadResult> rounds)
    {
        string stops = rounds.TrueForAll(round => round.StopsWatched)
            ? string.Create(CultureInfo.InvariantCulture, $"{rounds.Sum(round => round.ProcessorStops)} stops of a processor, {rounds.Sum(round => round.ProcessorStoppedMs):0} ms, with them")
            : "stops of processors not known (needs root), with them";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"rounds {rounds.Min(round => round.LongestSilenceRunningMs):0.0} to {rounds.Max(round => round.LongestSilenceRunningMs):0.0} ms ({stops} {rounds.Min(round => round.LongestSilenceMs):0.0} to {rounds.Max(round => round.LongestSilenceMs):0.0})");
    }
}
