using MultiCloudKv.Replicator.Tests.Support;

namespace MultiCloudKv.Replicator.Tests.Kafka;

/// <summary>Regions in the test's process that ship through real brokers: one for all of them, or each its own.</summary>
internal static class KafkaSystem
{
    /// <summary>A name that no other test's topics have.</summary>
    public static string NewCluster() => "t" + Guid.NewGuid().ToString("N")[..12];

    /// <summary>Makes a system whose regions use the given bootstrap servers, in order; the last one serves all that follow.</summary>
    public static TestSystem Over(TestSystem system, params string[] bootstraps)
    {
        string map = string.Concat(system.Regions.Select((r, i) => $"    {r.Name}: \"{bootstraps[Math.Min(i, bootstraps.Length - 1)]}\"\n"));
        foreach (TestRegion region in system.Regions)
            region.ExtraConfig += $"\ntransport: kafka\nkafka:\n  bootstrap:\n{map}";
        return system;
    }
}
