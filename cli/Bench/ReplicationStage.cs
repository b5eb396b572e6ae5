using System.Globalization;
using MultiCloudKv.Cli.Deployment;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Cli.Bench;

/// <summary>
/// Replicated writes against a redis-server with a replica under the same load in the same run. Both systems are warm:
/// what a new process spends on compiling itself is not the price of a write. At pipeline 16 redis-server is measured
/// before and after our minute, because the machine a minute later is not the same; at pipeline 1 both take turns.
/// The load generator keeps to one half of the processors and our threads that serve clients to the other. The system would put both on one and leave the other half idle: it looks for an idle processor
/// only while these are less than busy, and wakes a thread where its waker runs. redis-server's thread, always busy, evades the generator by itself and is left free: bound, it is no faster.
/// </summary>
internal static class ReplicationStage
{
    public static async Task RunAsync(BenchContext bench)
    {
        ProcessorSet? serving = BenchContext.Halves().Serving;
        await using RedisServer alone = await RedisServer.StartAsync(bench.Scratch("alone"), null, bench.Stop).ConfigureAwait(false);
        await using RedisServer primary = await RedisServer.StartAsync(bench.Scratch("primary"), null, bench.Stop).ConfigureAwait(false);
        await using RedisServer replica = await RedisServer.StartAsync(bench.Scratch("replica"), primary.Port, bench.Stop).ConfigureAwait(false);
        await bench.WithSystemAsync(async system =>
        {
            RegionState east = system.System.Regions[0], west = system.System.Regions[1];
            foreach (RegionState region in system.System.Regions)
                await LoadProcess.RunAsync(region.ClientPort, "set", 16, bench.Options.RowSeconds, bench.Stop).ConfigureAwait(false);
            await ReplicationRun.DrainAsync(east.ClientPort, west.ClientPort, bench.Stop).ConfigureAwait(false);
            ReplicationRun redis = await CompareAsync(bench, primary, replica, alone, east, west).ConfigureAwait(false);
            await BothDirectionsAsync(bench, east, west, redis.AppliedPerSecond).ConfigureAwait(false);
        }, serving is null ? [] : [$"client.cpus={serving}"]).ConfigureAwait(false);
    }

    /// <returns>redis-server at pipeline 16.</returns>
    private static async Task<ReplicationRun> CompareAsync(BenchContext bench, RedisServer primary, RedisServer replica, RedisServer alone, RegionState east, RegionState west)
    {
        ProcessState?[] processes = [east.Server, east.Replicator, west.Server, west.Replicator];
        double aloneBefore = await AloneAsync(bench, alone).ConfigureAwait(false);
        ReplicationRun deepBefore = await RedisAsync(bench, primary, replica, 16, bench.Options.ReplicationRedisSeconds).ConfigureAwait(false);
        ReplicationRun deep = await ReplicationRun.MeasureAsync(east.ClientPort, west.ClientPort, 16, bench.Options.ReplicationSeconds, processes, bench.Options.Keys, bench.Stop).ConfigureAwait(false);
        ReplicationRun deepRedis = ReplicationRun.Mean(deepBefore, await RedisAsync(bench, primary, replica, 16, bench.Options.ReplicationRedisSeconds).ConfigureAwait(false));
        double redisAlone = (aloneBefore + await AloneAsync(bench, alone).ConfigureAwait(false)) / 2;
        bench.Add(BenchRow.Compared(
            "replicated SET, pipeline 16", "/s", deep.AppliedPerSecond, deepRedis.AppliedPerSecond, deep.Lag.DoesNotGrow ? deep.AppliedPerSecond / deepRedis.AppliedPerSecond : 0, atLeast: 0.5, note: Note(deep)));
        bench.Add(BenchRow.Compared("SET while the peer applies, pipeline 16", "/s", deep.AppliedPerSecond, redisAlone, atLeast: 0.3));
        bench.Add(BenchRow.Compared("processor time per million writes", "s", deep.CpuPerMillion, deepRedis.CpuPerMillion, atMost: 2));

        await PlainAsync(bench, primary, replica, east, west).ConfigureAwait(false);
        return deepRedis;
    }

    /// <summary>
    /// Pipeline 1: a minute that shows whether the lag grows, then both systems in turn for some seconds each, every time until all has arrived; the median of the
    /// ratios. A minute of one beside seconds of the other measures which of them had the machine's slow seconds.
    /// </summary>
    private static async Task PlainAsync(BenchContext bench, RedisServer primary, RedisServer replica, RegionState east, RegionState west)
    {
        ReplicationRun minute = await OursAsync(bench.Options.ReplicationSeconds).ConfigureAwait(false);
        List<double> ours = [], theirs = [], ratios = [];
        for (int round = 0; round < bench.Options.ReplicationRounds; round++)
        {
            theirs.Add((await RedisAsync(bench, primary, replica, 1, bench.Options.ReplicationRoundSeconds).ConfigureAwait(false)).AppliedPerSecond);
            ours.Add((await OursAsync(bench.Options.ReplicationRoundSeconds).ConfigureAwait(false)).AppliedPerSecond);
            ratios.Add(ours[^1] / theirs[^1]);
        }

        string note = string.Create(CultureInfo.InvariantCulture, $"rounds {ratios.Min():0.00} to {ratios.Max():0.00}; a minute: {minute.AppliedPerSecond:0} /s, {Note(minute)}");
        bench.Add(BenchRow.Compared(
            "replicated SET, pipeline 1", "/s", BenchContext.Median(ours), BenchContext.Median(theirs), minute.Lag.DoesNotGrow ? BenchContext.Median(ratios) : 0, atLeast: 0.85, note: note));

        Task<ReplicationRun> OursAsync(double seconds) =>
            ReplicationRun.MeasureAsync(east.ClientPort, west.ClientPort, 1, seconds, [], bench.Options.Keys, bench.Stop);
    }

    private static Task<ReplicationRun> RedisAsync(BenchContext bench, RedisServer primary, RedisServer replica, int pipeline, double seconds) => ReplicationRun.MeasureAsync(
        primary.Port, replica.Port, pipeline, seconds, [primary.Process, replica.Process], bench.Options.Keys, bench.Stop);

    private static async Task<double> AloneAsync(BenchContext bench, RedisServer alone) =>
        (await LoadProcess.RunAsync(alone.Port, "set", 16, bench.Options.RowSeconds, bench.Stop, BenchContext.OnLoadingHalf()).ConfigureAwait(false)).PerSecond;

    private static async Task BothDirectionsAsync(BenchContext bench, RegionState east, RegionState west, double redis)
    {
        double seconds = bench.Options.ReplicationSeconds;
        Task<ReplicationRun> there = ReplicationRun.MeasureAsync(east.ClientPort, west.ClientPort, 16, seconds, [], bench.Options.Keys, bench.Stop);
        ReplicationRun back = await ReplicationRun.MeasureAsync(west.ClientPort, east.ClientPort, 16, seconds, [], bench.Options.Keys, bench.Stop).ConfigureAwait(false);
        ReplicationRun forth = await there.ConfigureAwait(false);
        double together = forth.AppliedPerSecond + back.AppliedPerSecond;
        bool steady = forth.Lag.DoesNotGrow && back.Lag.DoesNotGrow;
        bench.Add(BenchRow.Compared("replicated SET, both directions", "/s", together, redis, steady ? together / redis : 0, atLeast: 0.4, note: $"{Note(forth)}; {Note(back)}"));
    }

    private static string Note(ReplicationRun run) => $"{run.Lag.Describe()}, {run.DrainSeconds:0.00} s behind at the end";
}
