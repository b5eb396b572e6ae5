[assembly: AssemblyFixture(typeof(MultiCloudKv.Wire.Tests.Harness.WireServers))]
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace MultiCloudKv.Wire.Tests.Harness;

/// <summary>The servers every wire test runs against, started when first asked for and stopped with the run.</summary>
public sealed class WireServers : IDisposable
{
    private static readonly Lazy<WireServer> Redis = new(WireServer.StartRedis);
    private static readonly Lazy<WireServer> Own = new(WireServer.StartOwn);

    /// <summary>Names for the theories: every sentence must hold for each.</summary>
    public static TheoryData<string> Names => ["redis", "mckv"];

    public static WireServer Named(string name) => name switch
    {
        "redis" => Redis.Value,
        "mckv" => Own.Value,
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "no such server"),
    };

    public void Dispose()
    {
        if (Redis.IsValueCreated)
            Redis.Value.Dispose();
        if (Own.IsValueCreated)
            Own.Value.Dispose();
    }
}
