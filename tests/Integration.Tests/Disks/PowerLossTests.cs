using MultiCloudKv.Cli.Deployment;
using MultiCloudKv.Integration.Tests.Harness;
using MultiCloudKv.Integration.Tests.Workloads;

namespace MultiCloudKv.Integration.Tests.Disks;

/// <summary>The file system below a node is shut down under load, as by a power cut: what wasn't synced is gone.</summary>
public sealed class PowerLossTests
{
    private const long DiskBytes = 1L << 30;
    private const int BeforeTheCut = 4_000;

    [Fact]
    public async Task S23_PowerLossUnderAlways_EveryAcknowledgedWriteIsThere()
    {
        Needs.LoopDevices();
        await using TestSystem system = TestSystem.Plan("east", [.. TestSystem.SmallParts, "binlog.sync=always"]);
        RegionState east = system[0];
        LoopDisk disk = system.GiveDisk(east, DiskBytes);
        List<LedgerWriter> writers = [];
        for (int round = 0; round < Scale.Rounds(2, 20); round++)
        {
            await system.StartAsync(east);
            LedgerCheck.Holds(east.ClientPort, writers);
            Workload load = new($"r{round}", east);
            await load.ReachesAsync(Random.Shared.Next(BeforeTheCut / 4, BeforeTheCut));
            await disk.LosePowerAsync(() => TestSystem.KillAsync(east.Server));
            load.Stop();
            writers.AddRange(load.Writers);
        }

        await system.StartAsync(east);
        LedgerCheck.Holds(east.ClientPort, writers);
    }

    [Fact]
    public async Task S23_S25_PowerLossUnderEverysec_TheTailComesBackFromThePeer()
    {
        Needs.LoopDevices();
        await using TestSystem system = TestSystem.Plan("east,west", TestSystem.SmallParts);
        RegionState east = system[0], west = system[1];
        LoopDisk disk = system.GiveDisk(west, DiskBytes);
        await system.StartAllAsync();
        Workload westLoad = new("w", west, writers: 2);
        await westLoad.ReachesAsync(BeforeTheCut);
        westLoad.Stop();
        await system.CaughtUpAsync(west, east);
        await disk.LosePowerAsync(() => Task.WhenAll(TestSystem.KillAsync(west.Server), TestSystem.KillAsync(west.Replicator)));
        await system.StartAsync(west);
        await system.ConvergedAsync();
        Workload more = new("more", west, writers: 2);
        await more.ReachesAsync(BeforeTheCut);
        more.Stop();
        await system.ConvergedAsync();
        foreach (RegionState region in system.State.Regions)
            LedgerCheck.Holds(region.ClientPort, [.. westLoad.Writers, .. more.Writers]);
    }
}
