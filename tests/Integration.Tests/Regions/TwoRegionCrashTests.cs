using MultiCloudKv.Cli.Deployment;
using MultiCloudKv.Cli.Remote;
using MultiCloudKv.Integration.Tests.Harness;
using MultiCloudKv.Integration.Tests.Workloads;

namespace MultiCloudKv.Integration.Tests.Regions;

/// <summary>Two regions under load, processes killed: afterwards both hold every acknowledged write of both, once.</summary>
public sealed class TwoRegionCrashTests
{
    private const int BeforeTheKill = 3_000;
    private const int AfterTheReturn = 3_000;

    [Fact]
    public async Task S9_S34_WestNodeKilledUnderLoad_EastRefusesNothingAndCountersAreExact()
    {
        await using TestSystem system = await TestSystem.UpAsync("east,west", TestSystem.SmallParts);
        RegionState east = system[0], west = system[1];
        Workload eastLoad = new("e", east, writers: 2), westLoad = new("w", west, writers: 2, reconnects: true);
        for (int round = 0; round < Scale.Rounds(2, 20); round++)
        {
            await westLoad.ReachesAsync(westLoad.Acknowledged + BeforeTheKill);
            await TestSystem.KillAsync(west.Server);
            await eastLoad.ReachesAsync(eastLoad.Acknowledged + BeforeTheKill);
            await system.StartAsync(west);
        }

        await westLoad.ReachesAsync(westLoad.Acknowledged + AfterTheReturn);
        await system.HoldsInAllAsync(eastLoad, westLoad);
        Assert.Empty(eastLoad.Errors);
    }

    [Fact]
    public async Task S4_S6_AllReplicatorsKilledMidStream_NothingLoopsAndNothingIsLost()
    {
        await using TestSystem system = await TestSystem.UpAsync("east,west", TestSystem.SmallParts);
        Workload eastLoad = new("e", system[0], writers: 2), westLoad = new("w", system[1], writers: 2);
        for (int round = 0; round < Scale.Rounds(3, 20); round++)
        {
            await eastLoad.ReachesAsync(eastLoad.Acknowledged + BeforeTheKill);
            await Task.WhenAll(TestSystem.KillAsync(system[0].Replicator), TestSystem.KillAsync(system[1].Replicator));
            await Task.WhenAll(system.StartAsync(system[0]), system.StartAsync(system[1]));
        }

        await system.HoldsInAllAsync(eastLoad, westLoad);
        Assert.Empty(eastLoad.Errors);
    }

    [Fact]
    public async Task S4_WestNodeAndReplicatorKilledTogether_ConvergesAfterTheirReturn()
    {
        await using TestSystem system = await TestSystem.UpAsync("east,west", TestSystem.SmallParts);
        RegionState east = system[0], west = system[1];
        Workload eastLoad = new("e", east, writers: 2), westLoad = new("w", west, writers: 2, reconnects: true);
        await westLoad.ReachesAsync(BeforeTheKill);
        await Task.WhenAll(TestSystem.KillAsync(west.Replicator), TestSystem.KillAsync(west.Server));
        await eastLoad.ReachesAsync(eastLoad.Acknowledged + BeforeTheKill);
        await system.StartAsync(west);
        await westLoad.ReachesAsync(westLoad.Acknowledged + AfterTheReturn);
        await system.HoldsInAllAsync(eastLoad, westLoad);
        Assert.Empty(eastLoad.Errors);
    }

    [Theory]
    [InlineData("apply.after-batch", 20, 400)]
    [InlineData("binlog.after-append", 200, 4_000)]
    [InlineData("epoch.before-flush", 1, 2)]
    public async Task S6_WestNodeDiesAtAStepOfApplying_EachBatchCountsOnce(string failpoint, int earliest, int latest)
    {
        await using TestSystem system = TestSystem.Plan("east,west", TestSystem.SmallParts);
        RegionState east = system[0], west = system[1];
        await system.StartAllAsync(west, $"{failpoint}:{Random.Shared.Next(earliest, latest + 1)}");
        Workload eastLoad = new("e", east, writers: 2), westLoad = new("w", west, writers: 1, reconnects: true);
        await TestSystem.GoneAsync(west.Server!);
        await eastLoad.ReachesAsync(eastLoad.Acknowledged + BeforeTheKill);
        await system.StartAsync(west);
        await westLoad.ReachesAsync(westLoad.Acknowledged + AfterTheReturn);
        await system.HoldsInAllAsync(eastLoad, westLoad);
        Assert.Empty(eastLoad.Errors);
    }

    [Fact]
    public async Task S7_KeysDeletedWhileWestIsAway_StayDeleted()
    {
        await using TestSystem system = await TestSystem.UpAsync("east,west", TestSystem.SmallParts);
        RegionState east = system[0], west = system[1];
        using RespConnection client = TestSystem.Connect(east);
        client.Ask("SET", "string", "1");
        client.Ask("HSET", "hash", "kept", "1", "gone", "2");
        client.Ask("SADD", "set", "a", "b");
        await system.ConvergedAsync();
        await TestSystem.KillAsync(west.Server);
        Assert.Equal(1, client.Ask("DEL", "string").Integer);
        Assert.Equal(1, client.Ask("HDEL", "hash", "gone").Integer);
        Assert.Equal(1, client.Ask("DEL", "set").Integer);
        await system.StartAsync(west);
        await system.ConvergedAsync();
        using RespConnection other = TestSystem.Connect(west);
        Assert.Equal(0, other.Ask("EXISTS", "string", "set").Integer);
        Assert.Equal("kept", Assert.Single(other.Ask("HKEYS", "hash").Items).Text);
    }
}
