using System.Diagnostics;
using MultiCloudKv.Cli.Deployment;

namespace MultiCloudKv.Cli.Bench;

/// <summary>
/// The other region is killed for ten seconds under 20,000 writes a second: nothing is refused, and it is current soon after its return. Refusals are those of
/// all rounds, the time is their median, and a round in which it never was current is not passed over.
/// </summary>
internal static class PeerKilledStage
{
    public static Task RunAsync(BenchContext bench) => bench.WithSystemAsync(async system =>
    {
        List<LoadResult> loads = [];
        List<double> current = [], ready = [];
        for (int round = 0; round < bench.Options.AwayRounds; round++)
        {
            (LoadResult load, double readyAfter, double currentAfter) = await KillAndReturnAsync(bench, system).ConfigureAwait(false);
            loads.Add(load);
            ready.Add(readyAfter);
            current.Add(currentAfter);
        }

        string refusal = loads.Select(load => load.FirstError).FirstOrDefault(error => !string.IsNullOrEmpty(error)) ?? string.Empty;
        bench.Add(BenchRow.Plain(
            "writes refused while the peer is away", "", loads.Sum(load => load.Errors), atMost: 0, note: $"of {loads.Sum(load => load.Commands)}, replies p99.9 {BenchContext.Median(loads.Select(load => load.P999Ms)):0.0} ms {refusal}".TrimEnd()));
        bench.Add(BenchRow.Plain(
            "current after its return", "s", current.Exists(double.IsInfinity) ? double.PositiveInfinity : BenchContext.Median(current), atMost: 2, note: $"rounds {current.Min():0.00} to {current.Max():0.00} s; ready {BenchContext.Median(ready):0.0} s after its start"));
    });

    private static async Task<(LoadResult Load, double ReadySeconds, double CurrentSeconds)> KillAndReturnAsync(BenchContext bench, SystemRunner system)
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
        return (await load.ConfigureAwait(false), ready, current);
    }
}
