using MultiCloudKv.Cli.Deployment;
using MultiCloudKv.Integration.Tests.Harness;
using MultiCloudKv.Integration.Tests.Workloads;
using MultiCloudKv.Replicator.Tests.Kafka;

namespace MultiCloudKv.Integration.Tests.Regions;

/// <summary>The same promises with a real Kafka between the regions.</summary>
public sealed class KafkaRegionTests
{
    private const int Some = 3_000;

    [Fact]
    public async Task S4_S6_NodeAndReplicatorsKilledUnderLoadInBothRegions_NothingIsLostOrCountedTwice()
    {
        await using KafkaBroker? broker = await KafkaBroker.AnyAsync();
        Assert.SkipWhen(broker is null, KafkaBroker.Needs);
        await using TestSystem system = TestSystem.PlanKafka("east,west", broker.Bootstrap, TestSystem.SmallParts);
        await system.StartAllAsync();
        RegionState east = system[0], west = system[1];
        Workload eastLoad = new("e", east, writers: 2), westLoad = new("w", west, writers: 2, reconnects: true);
        await Task.WhenAll(eastLoad.ReachesAsync(Some), westLoad.ReachesAsync(Some));
        await Task.WhenAll(TestSystem.KillAsync(west.Server), TestSystem.KillAsync(east.Replicator));
        await eastLoad.ReachesAsync(eastLoad.Acknowledged + Some);
        await Task.WhenAll(system.StartAsync(east), system.StartAsync(west));
        await westLoad.ReachesAsync(westLoad.Acknowledged + Some);
        await TestSystem.KillAsync(west.Replicator);
        await westLoad.ReachesAsync(westLoad.Acknowledged + Some);
        await system.StartAsync(west);
        await system.HoldsInAllAsync(eastLoad, westLoad);
        Assert.Empty(eastLoad.Errors);
    }
}
