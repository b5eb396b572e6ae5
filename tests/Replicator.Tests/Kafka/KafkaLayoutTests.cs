using Confluent.Kafka;
using Confluent.Kafka.Admin;
using MultiCloudKv.Foundation;
using MultiCloudKv.Replicator.Tests.Support;
using MultiCloudKv.Rpc.Messages;

namespace MultiCloudKv.Replicator.Tests.Kafka;

/// <summary>Several partitions of the system in one of the topic's, over a real broker.</summary>
[Collection(KafkaBrokerCollection.Name)]
public sealed class KafkaLayoutTests(KafkaBrokerFixture broker)
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(16)]
    public async Task ReceiverRestarted_CursorsOfThosePartitionsThatShareDiffer_EachGoesOnFromItsOwn(int kafka)
    {
        await using TestSystem system = await StartAsync($"  partitions: {kafka}");
        int written = 0;
        for (int round = 1; round <= 4; round++)
        {
            // Partition p gets a change in every (p mod round + 1)th turn: some are quiet, some ahead, their cursors far apart.
            for (int i = 0; i < 600; i++)
            {
                if (i % ((i % 16 % round) + 1) != 0)
                    continue;
                system.A.Engine.Write("value"u8, (i % 16 * (Slots.Count / 16)) + i);
                written++;
            }

            if (round % 2 == 1)
                await system.ConvergedAsync(system.A, system.B);
            await system.B.StopReplicatorAsync();
            system.A.Engine.Write("while away"u8, round);
            written++;
            if (round == 2)
                await system.A.StopReplicatorAsync();
            if (round == 2)
                system.A.StartReplicator();
            system.B.StartReplicator();
        }

        await system.ConvergedAsync(system.A, system.B);
        Assert.Equal(written, system.B.Engine.AppliedCount);
        Assert.Empty(system.B.Status.Alarms);
        Assert.Equal(kafka, Count(system));
    }

    [Fact]
    public async Task TopicMadeWithAnotherCount_IsUsedAsItIsByWriterAndReader()
    {
        await using TestSystem system = Make("  partitions: 4");
        using (IAdminClient admin = KafkaSystem.Admin(broker.Bootstrap!))
            await admin.CreateTopicsAsync([new TopicSpecification { Name = KafkaSystem.TopicOf(system.Cluster, "r1"), NumPartitions = 5, ReplicationFactor = 1 }]);
        await system.StartAsync();
        for (int i = 0; i < 200; i++)
            system.A.Engine.Write("value"u8, (i * 97) % Slots.Count);
        await system.ConvergedAsync(system.A, system.B);
        Assert.Equal(200, system.B.Engine.AppliedCount);
        Assert.Equal(5, Count(system));
    }

    [Fact]
    public async Task PartitionNeedsResync_ThoseThatShareItsKafkaPartitionGoOnAlsoAfterARestart()
    {
        await using TestSystem system = await StartAsync("  partitions: 1", segmentBytes: 64 << 10);
        system.A.Engine.Write("before"u8, 1);
        await system.ConvergedAsync(system.A, system.B);
        await system.B.StopReplicatorAsync();
        byte[] value = new byte[1000];
        for (int i = 0; i < 300; i++)
            system.A.Engine.Write(value, 1);
        long end = system.A.Engine.Log.Committed;
        await TestSystem.EventuallyAsync(() => system.A.Status.ShippedPosition >= end);
        await KafkaSystem.DeleteRecordsAsync(broker.Bootstrap!, system.Cluster, "r1", partition: 0);
        await system.A.Engine.Log.WaitDurable(end);
        system.A.Engine.Log.DeleteSegmentsBefore(end);
        for (int round = 0; round < 3; round++)
        {
            for (int p = 1; p < 16; p++)
                system.A.Engine.Write("after"u8, p * (Slots.Count / 16));
            system.B.StartReplicator();
            int expected = 1 + ((round + 1) * 15);
            await TestSystem.EventuallyAsync(() => system.B.Engine.AppliedCount == expected, () => $"{system.B.Engine.AppliedCount} of {expected}; {system.B.Status}");
            await TestSystem.EventuallyAsync(() => system.B.Status.Origins[0].State == LinkState.NeedsResync);
            await system.B.StopReplicatorAsync();
        }

        Assert.Equal(1UL, system.B.Engine.Cursors().First(c => c.Partition == 0).Sequence);
    }

    [Fact]
    public async Task S15_ChangesThatOnlyTheTopicHas_AreTakenBackOfAllPartitionsThatShare()
    {
        await using TestSystem system = await StartAsync("  partitions: 1");
        for (int i = 0; i < 100; i++)
            system.A.Engine.Write("had by the other"u8, i * 150);
        await system.ConvergedAsync(system.A, system.B);
        await system.B.SetLinkAsync(system.A, paused: true);
        await TestSystem.EventuallyAsync(() => system.B.Status.Origins[0].State == LinkState.Paused);
        string copy = system.A.CopyBinlog();
        for (int i = 0; i < 70; i++)
            system.A.Engine.Write("in the topic alone"u8, i * 200);
        long end = system.A.Engine.Log.Committed;
        await TestSystem.EventuallyAsync(() => system.A.Status.ShippedPosition >= end);
        await system.A.StopNodeAsync();
        system.A.RestoreBinlog(copy);
        await system.A.StartNodeAsync();
        await system.WritableAsync();
        Assert.Contains("took back 70", system.A.Engine.WritableReason, StringComparison.Ordinal);
        await system.B.SetLinkAsync(system.A, paused: false);
        await system.ConvergedAsync(system.A, system.B);
        Assert.Equal(170, system.B.Engine.AppliedCount);
    }

    [Fact]
    public async Task PartitionsAddedToATopic_WriterRefusesReaderSaysSoAndNothingIsTakenBackFromIt()
    {
        await using TestSystem system = await StartAsync("  partitions: 1");
        for (int i = 0; i < 50; i++)
            system.A.Engine.Write("value"u8, i * 300);
        await system.ConvergedAsync(system.A, system.B);
        using (IAdminClient admin = KafkaSystem.Admin(broker.Bootstrap!))
            await admin.CreatePartitionsAsync([new PartitionsSpecification { Topic = KafkaSystem.TopicOf(system.Cluster, "r1"), IncreaseTo = 4 }]);

        await system.B.StopReplicatorAsync();
        system.B.StartReplicator();
        await TestSystem.EventuallyAsync(
            () => system.B.Replicator!.Service?.Status().Origins[0].Reason.Contains("partitions were added to it", StringComparison.Ordinal) ?? false,
            () => system.B.Status.ToString());
        await system.A.StopReplicatorAsync();
        system.A.StartReplicator();
        EnvironmentException refused = await Assert.ThrowsAsync<EnvironmentException>(() => system.A.Running.WaitAsync(TestSystem.Patience));
        Assert.Contains("has 4 partitions, and had 1 when it was shipped into", refused.Message, StringComparison.Ordinal);

        // Without the checkpoint the topic itself shows it, before the node may write.
        await system.A.StopReplicatorAsync();
        await system.A.StopNodeAsync();
        system.A.Proofless = true;
        File.Delete(Path.Combine(system.A.Config().ReplicatorDirectory, "shipped"));
        await system.A.StartAsync();
        await TestSystem.EventuallyAsync(
            () => system.A.Replicator!.Service?.Status().Alarms.Any(a => a.Contains("partitions were added to it", StringComparison.Ordinal)) ?? false,
            () => string.Join("; ", system.A.Status.Alarms));
        Assert.False(system.A.Engine.Writable);
    }

    private int Count(TestSystem system)
    {
        using IAdminClient admin = KafkaSystem.Admin(broker.Bootstrap!);
        return admin.GetMetadata(KafkaSystem.TopicOf(system.Cluster, "r1"), TimeSpan.FromSeconds(10)).Topics[0].Partitions.Count;
    }

    private async Task<TestSystem> StartAsync(string extra, long segmentBytes = 4 << 20)
    {
        TestSystem system = Make(extra, segmentBytes);
        await system.StartAsync();
        await system.LinkedAsync();
        return system;
    }

    private TestSystem Make(string extra, long segmentBytes = 4 << 20)
    {
        Assert.SkipWhen(broker.Bootstrap is null, KafkaBroker.Needs);
        var system = new TestSystem(segmentBytes: segmentBytes) { Cluster = KafkaSystem.NewCluster() };
        foreach (TestRegion region in system.Regions)
            region.ExtraConfig = KafkaSystem.Configuration(broker.Bootstrap!) + extra;
        return system;
    }
}
