using MultiCloudKv.Foundation;
using MultiCloudKv.Replicator.Tests.Support;

namespace MultiCloudKv.Replicator.Tests.Kafka;

/// <summary>Answers of brokers that a real one gives only on a bad day.</summary>
public sealed class KafkaInjectedErrorTests
{
    private const int LeaderNotAvailable = 5;
    private const int NotLeader = 6;
    private const int TimedOut = 7;
    private const int NotEnoughReplicas = 19;
    private const int TopicAuthorizationFailed = 29;
    private const int OutOfOrderSequence = 45;
    private const int StorageError = 56;

    [Theory]
    [InlineData("retried by the client", NotLeader, NotEnoughReplicas, TimedOut, LeaderNotAvailable)]
    [InlineData("final: a new producer resends", TopicAuthorizationFailed)]
    [InlineData("fatal to an idempotent producer", OutOfOrderSequence)]
    public async Task ProduceRefused_NothingIsLostAndOrderIsKept(string kind, params int[] errors)
    {
        string cluster = KafkaSystem.NewCluster();
        using var brokers = new MockCluster((KafkaSystem.TopicOf(cluster, "r1"), 4), (KafkaSystem.TopicOf(cluster, "r2"), 4));
        await using TestSystem system = await KafkaSystem.StartAsync([brokers.Bootstrap], partitions: 4, cluster: cluster);
        int written = 0;
        for (int round = 0; round < 5; round++)
        {
            brokers.Fail(MockCluster.Produce, errors);
            for (int i = 0; i < 100; i++, written++)
                system.A.Engine.Write("value"u8, (i * 97) % Slots.Count);
            await Task.Delay(20);
        }

        await system.ConvergedAsync(system.A, system.B);
        Assert.True(written == system.B.Engine.AppliedCount, $"{kind}: {system.B.Engine.AppliedCount} of {written}");
    }

    [Fact]
    public async Task FetchRefused_TheReceiverGoesOnBehindWhatItHas()
    {
        string cluster = KafkaSystem.NewCluster();
        using var brokers = new MockCluster((KafkaSystem.TopicOf(cluster, "r1"), 4), (KafkaSystem.TopicOf(cluster, "r2"), 4));
        await using TestSystem system = await KafkaSystem.StartAsync([brokers.Bootstrap], partitions: 4, cluster: cluster);
        for (int round = 0; round < 5; round++)
        {
            brokers.Fail(MockCluster.Fetch, NotLeader, StorageError, TimedOut);
            for (int i = 0; i < 100; i++)
                system.A.Engine.Write("value"u8, (i * 97) % Slots.Count);
            await Task.Delay(20);
        }

        await system.ConvergedAsync(system.A, system.B);
        Assert.Equal(500, system.B.Engine.AppliedCount);
    }
}
