using System.Globalization;
using MultiCloudKv.Cli.Deployment;
using MultiCloudKv.Cli.Remote;

namespace MultiCloudKv.Cli.Bench;

/// <summary>
/// Commands per second of one node against redis-server, round by round in turn, links paused: what replication costs is
/// measured by its own stage. Ends with the memory taken.
/// </summary>
internal static class ThroughputStage
{
    private static readonly (string Mix, double? AtPipeline1, double? AtPipeline16)[] Loads =
    [
        ("set", 0.9, 0.6),
        ("get", 0.9, 0.8),
        ("incr", 0.9, 0.6),
        ("hset", 0.9, 0.4),
        ("sadd", 0.9, 0.4),
        ("zadd", 0.9, 0.45),
        ("mget", 0.9, null),
        ("get:80,set:20", 0.9, null),
    ];

    /// <summary>
    /// What is there before the first round, the same on both sides, so that a row does not measure how far its own creation of keys has come. Sets
    /// are left out: a member that is there already is nothing to add, so SADD is measured by members that are new, after a round which is not counted and makes
    /// most of the sets.
    /// </summary>
    private static readonly string[] Filled = ["set", "incr", "hset", "zadd"];

    private const string NotFilled = "sadd";

    private static readonly (string Mix, double? AtPipeline16)[] OneKeyLoads = [("hset", null), ("sadd", null), ("zadd", null)];

    public static Task RunAsync(BenchContext bench) => bench.WithSystemAsync(async system =>
    {
        await using RedisServer redis = await RedisServer.StartAsync(bench.Scratch("redis"), null, bench.Stop).ConfigureAwait(false);
        RegionState east = system.System.Regions[0];
        await SetLinksAsync(system, paused: true, bench.Stop).ConfigureAwait(false);
        foreach (string mix in Filled)
            await FillAsync(bench, redis.Port, east.ClientPort, mix).ConfigureAwait(false);
        foreach (int pipeline in (int[])[1, 16])
        {
            foreach ((string mix, double? atOne, double? atSixteen) in Loads)
                await CompareAsync(bench, redis.Port, east.ClientPort, mix, pipeline, pipeline == 1 ? atOne : atSixteen, "").ConfigureAwait(false);
        }

        foreach ((string mix, double? bar) in OneKeyLoads)
            await CompareAsync(bench, redis.Port, east.ClientPort, mix, 16, bar, ", one key", "--one-key").ConfigureAwait(false);
        Footprint(bench, system);
        await SetLinksAsync(system, paused: false, bench.Stop).ConfigureAwait(false);
    });

    private static async Task FillAsync(BenchContext bench, int redisPort, int ourPort, string mix)
    {
        LoadResult theirs = await LoadProcess.FillAsync(redisPort, mix, bench.Options.Keys, bench.Stop).ConfigureAwait(false);
        LoadResult ours = await LoadProcess.FillAsync(ourPort, mix, bench.Options.Keys, bench.Stop).ConfigureAwait(false);
        bench.Add(BenchRow.Compared($"{mix.ToUpperInvariant()}, pipeline 32, filling an empty store", "/s", ours.PerSecond, theirs.PerSecond));
    }

    /// <summary>Medians of rounds, in each of which both servers are loaded in turn many times over; the ratio is the median of the rounds' ratios.</summary>
    public static async Task CompareAsync(BenchContext bench, int redisPort, int ourPort, string mix, int pipeline, double? bar, string suffix, params IReadOnlyList<string> more)
    {
        List<double> ours = [], theirs = [], ratios = [];
        string? note = null;
        int rounds = bar is null ? bench.Options.RoundsWithoutBar : bench.Options.Rounds;
        for (int round = mix == NotFilled ? -1 : 0; round < rounds; round++)
        {
            string[] arguments = ["--keys", bench.Options.Keys.ToString(provider: null), "--seed", (round + 1).ToString(provider: null), .. more];
            LoadResult[] results = await LoadProcess.InTurnAsync(redisPort, ourPort, mix, pipeline, bench.Options.RowSeconds, bench.Stop, arguments).ConfigureAwait(false);
            if (results[1].Errors > 0)
                note = $"{results[1].Errors} errors, first: {results[1].FirstError}";
            if (round < 0)
                continue;
            theirs.Add(results[0].PerSecond);
            ours.Add(results[1].PerSecond);
            ratios.Add(results[1].PerSecond / results[0].PerSecond);
        }

        double ratio = note is null ? BenchContext.Median(ratios) : 0;
        note ??= string.Create(CultureInfo.InvariantCulture, $"rounds {ratios.Min():0.00} to {ratios.Max():0.00}");
        bench.Add(BenchRow.Compared($"{mix.ToUpperInvariant()}, pipeline {pipeline}{suffix}", "/s", BenchContext.Median(ours), BenchContext.Median(theirs), ratio, atLeast: bar, note: note));
    }

    public static async Task SetLinksAsync(SystemRunner system, bool paused, CancellationToken stop)
    {
        foreach (RegionState region in system.System.Regions)
        {
            using NodeClient client = new(region, RegionAccess.Of(system.System, region));
            foreach (RegionState peer in system.System.Regions.Where(peer => peer.Id != region.Id))
                await client.SetLinkAsync(peer.Name, paused, stop).ConfigureAwait(false);
        }
    }

    private static void Footprint(BenchContext bench, SystemRunner system)
    {
        RegionState east = system.System.Regions[0];
        long resident = OsProcess.ResidentBytes(east.Server) ?? 0;
        long bound = MemoryBound.Bytes(system.System.ConfigOf(east));
        bench.Add(BenchRow.Plain("memory after full load", "MiB", resident / 1048576.0, atMost: (bound / 1048576.0) + 400, note: "cache and dirty bounds and 400 MB"));
    }
}
