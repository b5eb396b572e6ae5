using MultiCloudKv.Cli.Deployment;

namespace MultiCloudKv.Cli.Bench;

/// <summary>
/// Replicated writes against a redis-server with a replica under the same load in the same run. Both systems are warm:
/// what a new process spends on compiling itself is not the price of a write.
/// </summary>
internal static class ReplicationStage
{
    public static async Task RunAsync(BenchContext bench)
    {
        Dictionary<int, ReplicationRun> redis = [];
        double redisAlone;
        await using (RedisServer primary = await RedisServer.StartAsync(bench.Scratch("primary"), null, bench.Stop).ConfigureAwait(false))
        {
            redisAlone = (await LoadProcess.RunAsync(primary.Port, "set", 16, bench.Options.RowSeconds, bench.Stop).ConfigureAwait(false)).PerSecond;
            await using RedisServer replica = await RedisServer.StartAsync(bench.Scratch("replica"), primary.Port, bench.Stop).ConfigureAwait(false);
            foreach (int pipeline in (int[])[16, 1])
                redis[pipeline] = await ReplicationRun.MeasureAsync(primary.Port, replica.Port, pipeline, Math.Min(bench.Options.ReplicationSeconds, 20), [primary.Process, replica.Process], bench.Options.Keys, bench.Stop).ConfigureAwait(false);
        }

        await bench.WithSystemAsync(async system =>
        {
            RegionState east = system.System.Regions[0], west = system.System.Regions[1];
            foreach (RegionState region in system.System.Regions)
                await LoadProcess.RunAsync(region.ClientPort, "set", 16, bench.Options.RowSeconds, bench.Stop).ConfigureAwait(false);
            await ReplicationRun.DrainAsync(east.ClientPort, west.ClientPort, bench.Stop).ConfigureAwait(false);
            ProcessState?[] processes = [east.Server, east.Replicator, west.Server, west.Replicator];
            foreach ((int pipeline, double bar) in ((int, double)[])[(16, 0.5), (1, 0.85)])
            {
                ReplicationRun ours = await ReplicationRun.MeasureAsync(east.ClientPort, west.ClientPort, pipeline, bench.Options.ReplicationSeconds, processes, bench.Options.Keys, bench.Stop).ConfigureAwait(false);
                double steady = ours.Lag.DoesNotGrow ? ours.AppliedPerSecond : 0;
                bench.Add(BenchRow.Compared($"replicated SET, pipeline {pipeline}", "/s", ours.AppliedPerSecond, redis[pipeline].AppliedPerSecond, steady / redis[pipeline].AppliedPerSecond, atLeast: bar, note: Note(ours)));
                if (pipeline == 16)
                {
                    bench.Add(BenchRow.Compared("SET while the peer applies, pipeline 16", "/s", ours.AppliedPerSecond, redisAlone, atLeast: 0.3));
                    bench.Add(BenchRow.Compared("processor time per million writes", "s", ours.CpuPerMillion, redis[16].CpuPerMillion, atMost: 2));
                }
            }

            await BothDirectionsAsync(bench, east, west, redis[16].AppliedPerSecond).ConfigureAwait(false);
        }).ConfigureAwait(false);
    }

    private static async Task BothDirectionsAsync(BenchContext bench, RegionState east, RegionState west, double redis)
    {
        double seconds = bench.Options.ReplicationSeconds / 2;
        Task<ReplicationRun> there = ReplicationRun.MeasureAsync(east.ClientPort, west.ClientPort, 16, seconds, [], bench.Options.Keys, bench.Stop);
        ReplicationRun back = await ReplicationRun.MeasureAsync(west.ClientPort, east.ClientPort, 16, seconds, [], bench.Options.Keys, bench.Stop).ConfigureAwait(false);
        ReplicationRun forth = await there.ConfigureAwait(false);
        double together = forth.AppliedPerSecond + back.AppliedPerSecond;
        bool steady = forth.Lag.DoesNotGrow && back.Lag.DoesNotGrow;
        bench.Add(BenchRow.Compared("replicated SET, both directions", "/s", together, redis, steady ? together / redis : 0, atLeast: 0.4, note: $"{Note(forth)}; {Note(back)}"));
    }

    private static string Note(ReplicationRun run) =>
        $"lag p50 {run.Lag.P50Ms:0.0} ms{(run.Lag.DoesNotGrow ? string.Empty : " AND GROWING")}, {run.DrainSeconds:0.00} s behind at the end";
}
