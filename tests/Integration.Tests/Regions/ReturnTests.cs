using MultiCloudKv.Cli.Deployment;
using MultiCloudKv.Cli.Remote;
using MultiCloudKv.Integration.Tests.Harness;
using MultiCloudKv.Integration.Tests.Workloads;

namespace MultiCloudKv.Integration.Tests.Regions;

/// <summary>A region that was away, stopped, or put back to what it was, and what the other one does meanwhile.</summary>
public sealed class ReturnTests
{
    private const int Some = 3_000;
    private const long DamagedByte = 5_000;

    /// <summary>Segments so large that none is let go of: what a returning region lacks is there.</summary>
    private static readonly string[] WholeLog = [.. TestSystem.SmallParts.Where(part => !part.StartsWith("binlog.segment-bytes", StringComparison.Ordinal)), "binlog.segment-bytes=64MiB"];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task S9_EastNodeKilledWhileWestIsAway_GoesOnAloneAndNothingIsLost()
    {
        await using TestSystem system = await TestSystem.UpAsync("east,west", TestSystem.SmallParts);
        RegionState east = system[0], west = system[1];
        Workload eastLoad = new("e", east, writers: 2, reconnects: true), westLoad = new("w", west, writers: 2, reconnects: true);
        await Task.WhenAll(eastLoad.ReachesAsync(Some), westLoad.ReachesAsync(Some));
        await Task.WhenAll(TestSystem.KillAsync(west.Replicator), TestSystem.KillAsync(west.Server));
        await eastLoad.ReachesAsync(eastLoad.Acknowledged + Some);
        await TestSystem.KillAsync(east.Server);
        await system.StartAsync(east);
        await eastLoad.ReachesAsync(eastLoad.Acknowledged + Some);
        await system.StartAsync(west);
        await westLoad.ReachesAsync(westLoad.Acknowledged + Some);
        await system.HoldsInAllAsync(eastLoad, westLoad);
    }

    [Fact]
    public async Task S11_WestStoppedInTheMiddleOfItsWork_GoesOnWhereItWas()
    {
        await using TestSystem system = await TestSystem.UpAsync("east,west", TestSystem.SmallParts);
        RegionState east = system[0], west = system[1];
        Workload eastLoad = new("e", east, writers: 2), westLoad = new("w", west, writers: 2);
        foreach (ProcessState stopped in new[] { west.Server!, west.Replicator! })
        {
            await westLoad.ReachesAsync(westLoad.Acknowledged + Some);
            Assert.True(OsProcess.Signal(stopped, OsProcess.Stop));
            await eastLoad.ReachesAsync(eastLoad.Acknowledged + Some);
            if (Scale.Full)
                await Task.Delay(TimeSpan.FromSeconds(30), Stop);
            Assert.True(OsProcess.Signal(stopped, OsProcess.Continue));
        }

        await westLoad.ReachesAsync(westLoad.Acknowledged + Some);
        await system.HoldsInAllAsync(eastLoad, westLoad);
        Assert.Empty(eastLoad.Errors);
        Assert.Empty(westLoad.Errors);
    }

    [Fact]
    public async Task S34_WestReturnsWithAnOlderState_EastRefusesNothingAndNothingNewerIsOverwritten()
    {
        await using TestSystem system = await TestSystem.UpAsync("east,west", WholeLog);
        RegionState east = system[0], west = system[1];
        Workload eastLoad = new("e", east, writers: 2), before = new("before", west, writers: 1);
        await Task.WhenAll(eastLoad.ReachesAsync(Some), before.ReachesAsync(Some));
        before.Stop();
        using RespConnection atEast = TestSystem.Connect(east);
        Assert.Equal("OK", atEast.Ask("SET", "newer-in-east", "old").Text);
        using (RespConnection atWest = TestSystem.Connect(west))
        {
            Assert.Equal("OK", atWest.Ask("SET", "newer-in-west", "old").Text);
            await Until.True(() => atWest.Ask("GET", "newer-in-east").Text == "old", "the older state to hold a value that will not be the newest");
        }

        await StopAsync(west);
        using (OlderState older = OlderState.Of(system, west))
        {
            await system.StartAsync(west);
            Workload lost = new("lost", west, writers: 1);
            await lost.ReachesAsync(Some);
            lost.Stop();
            using (RespConnection atWest = TestSystem.Connect(west))
                Assert.Equal("OK", atWest.Ask("SET", "newer-in-west", "new").Text);
            await system.CaughtUpAsync(west, east);
            await Task.WhenAll(TestSystem.KillAsync(west.Replicator), TestSystem.KillAsync(west.Server));
            Assert.Equal("OK", atEast.Ask("SET", "newer-in-east", "new").Text);
            older.PutBack();

            await system.StartAsync(west);
            Workload after = new("after", west, writers: 1);
            await after.ReachesAsync(Some);
            await system.HoldsInAllAsync(eastLoad, before, lost, after);
            Assert.Empty(eastLoad.Errors);
        }

        foreach (RegionState region in system.State.Regions)
        {
            using RespConnection client = TestSystem.Connect(region);
            Assert.Equal("new", client.Ask("GET", "newer-in-east").Text);
            Assert.Equal("new", client.Ask("GET", "newer-in-west").Text);
        }
    }

    [Fact]
    public async Task S21_FlippedByteInWestsLog_ItStopsSaysWhereAndIsBuiltAnewFromItsPeer()
    {
        await using TestSystem system = TestSystem.Plan("east,west", [.. WholeLog, "binlog.sync=always"]);
        RegionState east = system[0], west = system[1];
        // It dies before its first epoch: its next start would have to read its whole log.
        await system.StartAllAsync(west, "epoch-before-cut:1");
        Workload eastLoad = new("e", east, writers: 1), westLoad = new("w", west, writers: 1);
        await TestSystem.GoneAsync(west.Server!);
        eastLoad.Stop();
        westLoad.Stop();
        Assert.Empty(eastLoad.Errors);
        await Until.Null(() => Task.FromResult(LedgerCheck.Contradiction(east.ClientPort, [.. eastLoad.Writers, .. westLoad.Writers])), "all that west acknowledged in east");
        await TestSystem.KillAsync(west.Replicator);
        string data = system.State.DirectoryOf(west), binlog = Path.Combine(data, "binlog");
        string segment = Directory.EnumerateFiles(binlog, "*.mlog").Order(StringComparer.Ordinal).First();
        using (FileStream file = File.Open(segment, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete))
        {
            file.Position = DamagedByte;
            int old = file.ReadByte();
            file.Position = DamagedByte;
            file.WriteByte((byte)(old ^ 1));
        }

        system.StartServer(west);
        await TestSystem.GoneAsync(west.Server!);
        string said = system.ServerLog(west).TrimEnd().Split('\n')[^1];
        Assert.Contains(Path.GetFileName(segment), said, StringComparison.Ordinal);

        foreach (string lost in new[] { binlog, Path.Combine(data, "store"), Path.Combine(data, "replicator") })
            Directory.Delete(lost, recursive: true);
        await system.StartAsync(west);
        Workload after = new("after", west, writers: 1);
        await after.ReachesAsync(Some);
        await system.HoldsInAllAsync(eastLoad, westLoad, after);
    }

    private static async Task StopAsync(RegionState region)
    {
        await TestSystem.StopAsync(region.Replicator);
        await TestSystem.StopAsync(region.Server);
    }
}
