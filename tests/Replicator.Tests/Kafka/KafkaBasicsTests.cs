using MultiCloudKv.Replicator.Tests.Support;
using MultiCloudKv.Rpc.Messages;

namespace MultiCloudKv.Replicator.Tests.Kafka;

public sealed class KafkaBasicsTests
{
    [Fact]
    public async Task Changes_WrittenInBothRegions_ArriveInOrderInTheOther()
    {
        await using KafkaBroker broker = await KafkaBroker.AnyAsync();
        await using TestSystem system = KafkaSystem.Over(new TestSystem { Cluster = KafkaSystem.NewCluster() }, broker.Bootstrap);
        await system.StartAsync();
        for (int i = 0; i < 2000; i++)
        {
            system.A.Engine.Write("from a"u8, (i * 37) % 16384);
            system.B.Engine.Write("from b"u8, (i * 91) % 16384, (i * 13) % 16384);
        }

        await system.ConvergedAsync(system.A, system.B);
        await system.ConvergedAsync(system.B, system.A);
        Assert.Equal(2000, system.B.Engine.AppliedCount);
        Assert.Equal(4000, system.A.Engine.AppliedCount);
        await TestSystem.EventuallyAsync(() => system.A.Status.Origins.All(o => o.State == LinkState.Streaming));
        Assert.Empty(system.A.Status.Alarms);
    }
}
