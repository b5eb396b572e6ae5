using System.Diagnostics;
using MultiCloudKv.Cli.Deployment;

namespace MultiCloudKv.Cli.Bench;

/// <summary>The other region is killed for ten seconds under 20,000 writes a second: nothing is refused, and it is current soon after its return.</summary>
internal static class PeerKilledStage
{
    public static Task RunAsync(BenchContext bench) => bench.WithSystemAsync(async system =>
    {
        RegionState east = system.System.Regions[0], west = system.System.Regions[1];
        double away = bench.Options.AwaySeconds;
        Task<LoadResult> load = LoadProcess.RunAsync(east.ClientPort, "set", 1, away + 12, bench.Stop, "--rate", "20000");
        await Task.Delay(TimeSpan.FromSeconds(3), bench.Stop).ConfigureAwait(false);
        OsProcess.Signal(west.Server, OsProcess.Kill);
        OsProcess.Signal(west.Replicator, OsProcess.Kill);
        await Task.Delay(TimeSpan.FromSeconds(away), bench.Stop).ConfigureAwait(false);
        long returned = Stopwatch.GetTimestamp();
        system.StartServer(west);
        system.StartReplicator(west);
        await system.WaitReadyAsync(west, bench.Stop).ConfigureAwait(false);
        double ready = Stopwatch.GetElapsedTime(returned).TotalSeconds;
        double current = await ReplicationRun.DrainAsync(east.ClientPort, west.ClientPort, bench.Stop).ConfigureAwait(false);
        LoadResult result = await load.ConfigureAwait(false);
        bench.Add(BenchRow.Plain("writes refused while the peer is away", "", result.Errors, atMost: 0, note: $"of {result.Commands}, replies p99.9 {result.P999Ms:0.0} ms {result.FirstError}"));
        bench.Add(BenchRow.Plain("current after its return", "s", current, atMost: 2, note: $"ready {ready:0.0} s after its start"));
    });
}
