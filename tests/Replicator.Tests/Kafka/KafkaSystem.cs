using Confluent.Kafka;
using MultiCloudKv.Replicator.Tests.Support;
using MultiCloudKv.Replicator.Transports.Kafka;

namespace MultiCloudKv.Replicator.Tests.Kafka;

/// <summary>Regions in the test's process that ship through real brokers.</summary>
internal static class KafkaSystem
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>A name that no other test's topics have.</summary>
    public static string NewCluster() => "t" + Guid.NewGuid().ToString("N")[..12];

    public static string TopicOf(string cluster, string region) => $"mckv.{cluster}.{region}.g1";

    /// <summary>Lines of the configuration file; each region's broker in turn, the last one serves all that follow.</summary>
    public static string Configuration(params string[] bootstraps)
    {
        string map = string.Concat(Enumerable.Range(0, 3).Select(i => $"    r{i + 1}: \"{bootstraps[Math.Min(i, bootstraps.Length - 1)]}\"\n"));
        return $"transport: kafka\nkafka:\n  bootstrap:\n{map}";
    }

    public static async Task<TestSystem> StartAsync(string[] bootstraps, string extra = "", int partitions = 16, string? cluster = null)
    {
        var system = new TestSystem(partitions: partitions) { Cluster = cluster ?? NewCluster() };
        foreach (TestRegion region in system.Regions)
            region.ExtraConfig = Configuration(bootstraps) + "\n" + extra;
        await system.StartAsync();
        await system.LinkedAsync();
        return system;
    }

    /// <summary>Both regions hear each other.</summary>
    public static async Task LinkedAsync(this TestSystem system) =>
        await TestSystem.EventuallyAsync(() => system.Regions.All(r => r.Status.Origins.All(o => o.HeartbeatAgeMs is >= 0 and < 3000)), () => system.A.Status.ToString());

    public static IAdminClient Admin(string bootstrap)
    {
        KafkaLibrary.Load();
        return new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrap }).SetLogHandler((_, _) => { }).Build();
    }

    /// <summary>The topic forgets everything a partition holds.</summary>
    public static async Task DeleteRecordsAsync(string bootstrap, string cluster, string region, int partition)
    {
        using IAdminClient admin = Admin(bootstrap);
        await admin.DeleteRecordsAsync([new TopicPartitionOffset(TopicOf(cluster, region), partition, Offset.End)]);
    }

    /// <summary>Oldest offset the topic holds.</summary>
    public static long Oldest(string bootstrap, string cluster, string region, int partition)
    {
        KafkaLibrary.Load();
        var settings = new ConsumerConfig { BootstrapServers = bootstrap, GroupId = "test" };
        using IConsumer<Ignore, Ignore> consumer = new ConsumerBuilder<Ignore, Ignore>(settings).SetLogHandler((_, _) => { }).Build();
        return consumer.QueryWatermarkOffsets(new TopicPartition(TopicOf(cluster, region), partition), Patience).Low.Value;
    }
}
