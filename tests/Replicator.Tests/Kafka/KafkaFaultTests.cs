using Confluent.Kafka;
using Confluent.Kafka.Admin;
using MultiCloudKv.Foundation;
using MultiCloudKv.Replicator.Tests.Support;
using MultiCloudKv.Rpc.Messages;

namespace MultiCloudKv.Replicator.Tests.Kafka;

/// <summary>What a real broker does to the stream: gone, frozen, emptied, truncated.</summary>
public sealed class KafkaFaultTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task S5_BrokerKilledFrozenAndBack_OrderKeptAndAllCaughtUp()
    {
        await using KafkaBroker broker = await KafkaBroker.StartAsync();
        await using TestSystem system = await KafkaSystem.StartAsync([broker.Bootstrap]);
        int written = Write(system, 200);
        await system.ConvergedAsync(system.A, system.B);

        await broker.KillAsync();
        written += Write(system, 500);
        await AlarmedAsync(system.A, "confirm nothing");
        Assert.Equal(200, system.B.Engine.AppliedCount);
        Assert.True(system.A.Engine.Confirmed < system.A.Engine.Log.Committed, "the binlog was let go of before it was shipped");
        await broker.StartAgainAsync();
        await system.ConvergedAsync(system.A, system.B);

        broker.Freeze();
        written += Write(system, 500);
        await AlarmedAsync(system.A, "confirm nothing");
        broker.Thaw();
        await system.ConvergedAsync(system.A, system.B);
        Assert.Equal(written, system.B.Engine.AppliedCount);
        await TestSystem.EventuallyAsync(() => !system.A.Status.Alarms.Any(a => a.StartsWith("kafka:", StringComparison.Ordinal)), () => string.Join("; ", system.A.Status.Alarms), Patience);
    }

    [Fact]
    public async Task DataOfTheBrokerGone_TopicIsMadeAnewAndWhatReceiversMissComesFromTheBinlog()
    {
        await using KafkaBroker broker = await KafkaBroker.StartAsync();
        await using TestSystem system = await KafkaSystem.StartAsync([broker.Bootstrap]);
        int written = Write(system, 300);
        await system.ConvergedAsync(system.A, system.B);
        await system.B.StopReplicatorAsync();
        written += Write(system, 300);
        long end = system.A.Engine.Log.Committed;
        await TestSystem.EventuallyAsync(() => system.A.Status.ShippedPosition >= end);

        await broker.KillAsync();
        broker.RemoveData();
        written += Write(system, 50);
        await broker.StartAgainAsync();
        system.B.StartReplicator();
        await TestSystem.EventuallyAsync(() => system.B.Engine.AppliedCount == written, () => $"{system.B.Engine.AppliedCount} of {written}; {system.A.Replicator!.Service?.Status().Alarms}; {system.B.Replicator!.Service?.Status()}", Patience);
        await system.ConvergedAsync(system.A, system.B);
        Assert.True(system.B.Status.Origins[0].Reships > 0);
    }

    [Fact]
    public async Task RetentionPassesAReceiverThatWasAway_OffsetOutOfRangeIsNoSilentSkip()
    {
        await using KafkaBroker broker = await KafkaBroker.StartAsync(
            "log.segment.bytes=1048576\nlog.retention.check.interval.ms=300\nlog.initial.task.delay.ms=300\nlog.segment.delete.delay.ms=100");
        await using TestSystem system = await KafkaSystem.StartAsync([broker.Bootstrap], "replication: {peer-away-max-ms: 1000}", partitions: 1);
        int written = Write(system, 10);
        await system.ConvergedAsync(system.A, system.B);
        await system.B.StopReplicatorAsync();
        byte[] value = new byte[100_000];
        for (int i = 0; i < 40; i++, written++)
        {
            new Random(i).NextBytes(value);
            system.A.Engine.Write(value, i);
        }

        await TestSystem.EventuallyAsync(() => KafkaSystem.Oldest(broker.Bootstrap, system.Cluster, "r1", 0) > 0, patience: Patience);
        system.B.StartReplicator();
        await system.ConvergedAsync(system.A, system.B);
        Assert.Equal(written, system.B.Engine.AppliedCount);
        Assert.True(system.B.Status.Origins[0].Reships > 0);
    }

    [Fact]
    public async Task TopicsThatContradict_AreRefusedWithOneLineOrAlarmedFor()
    {
        await using KafkaBroker broker = await KafkaBroker.StartAsync();
        await using var system = new TestSystem { Cluster = KafkaSystem.NewCluster() };
        foreach (TestRegion region in system.Regions)
            region.ExtraConfig = KafkaSystem.Configuration(broker.Bootstrap);
        using (IAdminClient admin = KafkaSystem.Admin(broker.Bootstrap))
        {
            await admin.CreateTopicsAsync([
                new TopicSpecification { Name = KafkaSystem.TopicOf(system.Cluster, "r1"), NumPartitions = 17, ReplicationFactor = 1 },
                new TopicSpecification { Name = KafkaSystem.TopicOf(system.Cluster, "r2"), NumPartitions = 16, ReplicationFactor = 1, Configs = new Dictionary<string, string> { ["message.timestamp.type"] = "CreateTime" } },
            ]);
        }

        foreach (TestRegion region in system.Regions)
            await region.StartAsync();
        EnvironmentException refused = await Assert.ThrowsAsync<EnvironmentException>(() => system.A.Running.WaitAsync(TestSystem.Patience));
        Assert.Contains("has 17 partitions, this system 16", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
        await AlarmedAsync(system.B, "message.timestamp.type is not LogAppendTime");
    }

    private static int Write(TestSystem system, int changes)
    {
        for (int i = 0; i < changes; i++)
            system.A.Engine.Write("value"u8, (i * 97) % Slots.Count);
        return changes;
    }

    private static async Task AlarmedAsync(TestRegion region, string text) =>
        await TestSystem.EventuallyAsync(
            () => region.Replicator?.Service?.Status().Alarms.Any(a => a.Contains(text, StringComparison.Ordinal)) ?? false,
            () => string.Join("; ", region.Status.Alarms));
}
