using System.Diagnostics;
using MultiCloudKv.Cli.Deployment;

namespace MultiCloudKv.Cli.Bench;

/// <summary>An empty node: how soon it is ready and what it takes to do nothing.</summary>
internal static class IdleStage
{
    public static Task RunAsync(BenchContext bench) => bench.WithSystemAsync(async system =>
    {
        RegionState east = system.System.Regions[0];
        await Task.Delay(TimeSpan.FromSeconds(bench.Options.Quick ? 2 : 10), bench.Stop).ConfigureAwait(false);
        double cpuBefore = OsProcess.CpuSeconds(east.Server) + OsProcess.CpuSeconds(east.Replicator) ?? 0;
        await Task.Delay(TimeSpan.FromSeconds(2), bench.Stop).ConfigureAwait(false);
        double cpu = (OsProcess.CpuSeconds(east.Server) + OsProcess.CpuSeconds(east.Replicator) ?? 0) - cpuBefore;
        bench.Add(BenchRow.Plain("idle memory of a node", "MiB", (OsProcess.ResidentBytes(east.Server) ?? 0) / 1048576.0, atMost: 150, note: $"its replicator {(OsProcess.ResidentBytes(east.Replicator) ?? 0) / 1048576.0:0} MiB, both {cpu / 2:0.00} of a core"));

        List<double> starts = [];
        for (int round = 0; round < 3; round++)
        {
            OsProcess.Signal(east.Server, OsProcess.Terminate);
            await OsProcess.WaitGoneAsync(east.Server!, TimeSpan.FromSeconds(30), bench.Stop).ConfigureAwait(false);
            long begun = Stopwatch.GetTimestamp();
            system.StartServer(east);
            await system.WaitReadyAsync(east, bench.Stop).ConfigureAwait(false);
            starts.Add(Stopwatch.GetElapsedTime(begun).TotalSeconds);
        }

        bench.Add(BenchRow.Plain("ready after start", "s", BenchContext.Median(starts), atMost: 1));
    });
}
