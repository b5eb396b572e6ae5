using MultiCloudKv.Cli.Deployment;
using MultiCloudKv.Cli.Remote;
using MultiCloudKv.Integration.Tests.Harness;
using MultiCloudKv.Integration.Tests.Workloads;

namespace MultiCloudKv.Integration.Tests.Disks;

public sealed class DiskFullTests
{
    private const long DiskBytes = 400L << 20;

    [Fact]
    public async Task S10_DiskFull_ClientsAreRefusedFirstAndNothingIsLostAfterSpaceReturns()
    {
        Needs.LoopDevices();
        await using TestSystem system = TestSystem.Plan("east,west", [.. TestSystem.SmallParts, "limits.disk-free-bytes-min=64MiB"]);
        RegionState east = system[0], west = system[1];
        LoopDisk disk = system.GiveDisk(west, DiskBytes);
        await system.StartAllAsync();
        Workload eastLoad = new("e", east, writers: 2), westLoad = new("w", west, writers: 1, reconnects: true);
        await westLoad.ReachesAsync(1_000);

        // Little space: own clients are refused with the reason, the peer's changes still apply.
        string most = disk.Fill(leave: 48L << 20);
        await Until.True(() => westLoad.Writers[0].Errors.Keys.Any(error => error.Contains("free", StringComparison.Ordinal)), "west's clients to be refused");
        using (RespConnection client = TestSystem.Connect(east))
        using (RespConnection other = TestSystem.Connect(west))
        {
            client.Ask("SET", "probe", "1");
            await Until.True(() => other.Ask("GET", "probe").Text == "1", "east's changes to apply in west all the same");
        }

        // None: west may stop, east goes on.
        string rest = disk.Fill(leave: 0);
        await eastLoad.ReachesAsync(eastLoad.Acknowledged + 40_000);
        Assert.Empty(eastLoad.Errors);
        File.Delete(rest);
        File.Delete(most);
        await Until.Null(async () =>
        {
            if (!OsProcess.IsAlive(west.Server))
                await system.StartAsync(west);
            string? reason = await system.Client(west).PageAsync(west.AdminPort, "readyz", TestContext.Current.CancellationToken);
            if (reason?.Contains("restart the node", StringComparison.Ordinal) == true)
                await TestSystem.StopAsync(west.Server);
            return reason;
        }, "west to take writes again");
        await westLoad.ReachesAsync(westLoad.Acknowledged + 1_000);
        eastLoad.Stop();
        westLoad.Stop();
        await system.ConvergedAsync();
        foreach (RegionState region in system.State.Regions)
            LedgerCheck.Holds(region.ClientPort, [.. eastLoad.Writers, .. westLoad.Writers]);
    }
}
