using System.Net;
using System.Net.Sockets;
using MultiCloudKv.Cli.Deployment;
using MultiCloudKv.Foundation;
using MultiCloudKv.Rpc.Configuration;

namespace MultiCloudKv.Cli.Tests;

public sealed class SystemPlanTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("mckv-plan-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Make_Defaults_TwoRegionsAHundredPortsApart()
    {
        SystemState system = SystemPlan.Make(Options() with { PortBase = 21000 });
        Assert.Equal(["east", "west"], system.Regions.Select(region => region.Name));
        Assert.Equal([21000, 21100], system.Regions.Select(region => region.ClientPort));
        Assert.Equal([1, 2], system.Regions.Select(region => region.Id));
        Assert.Equal("direct", system.Transport);
        List<int> ports = [.. system.Regions.SelectMany(region => region.ServerPorts.Concat(region.ReplicatorPorts)).Select(entry => entry.Port)];
        Assert.Equal(ports.Count, ports.Distinct().Count());
    }

    [Theory]
    [InlineData("East,west")]
    [InlineData("east,east")]
    [InlineData("")]
    [InlineData("a,b,c,d,e,f,g,h,i,j")]
    public void Make_BadRegionNames_AreRefusedAsUsage(string regions)
    {
        EnvironmentException refused = Assert.Throws<EnvironmentException>(() => SystemPlan.Make(Options() with { Regions = regions }));
        Assert.Equal(ExitCodes.Usage, refused.ExitCode);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Fact]
    public void Make_KafkaWithoutABrokerForARegion_IsRefused()
    {
        EnvironmentException refused = Assert.Throws<EnvironmentException>(() => SystemPlan.Make(Options() with { Transport = "kafka", Kafka = "east=127.0.0.1:9092" }));
        Assert.Contains("west", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Make_OnASystemThatExists_KeepsItsShapeAndRefusesAnother()
    {
        SystemState system = SystemPlan.Make(Options() with { PortBase = 21200, Regions = "a,b,c" });
        system.Save();
        SystemState again = SystemPlan.Make(Options());
        Assert.Equal(["a", "b", "c"], again.Regions.Select(region => region.Name));
        Assert.Equal(system.Regions[2].RpcPort, again.Regions[2].RpcPort);
        Assert.Throws<EnvironmentException>(() => SystemPlan.Make(Options() with { Regions = "a,b" }));
        Assert.Throws<EnvironmentException>(() => SystemPlan.Make(Options() with { PortBase = 21300 }));
    }

    [Fact]
    public void Write_Configuration_IsWhatTheProcessesRead()
    {
        SystemState system = SystemPlan.Make(Options() with { PortBase = 21400, Transport = "kafka", Kafka = "east=h1:1;h2:2,west=h3:3", KafkaProperties = "west=/w.properties", Settings = ["binlog.sync=always", "cache-bytes=64MiB", "dirty-bytes=16MiB", "kafka.replication-factor=1"] });
        NodeConfigFile.Write(system, system.Regions[1]);
        NodeConfig config = NodeConfigLoader.Load(system.ConfigOf(system.Regions[1]));
        Assert.Equal("west", config.RegionName);
        Assert.Equal(21500, config.Client.Endpoint.Port);
        Assert.Equal(BinlogSync.Always, config.Binlog.Sync);
        Assert.Equal(64 << 20, config.Cache.Bytes);
        Assert.Equal("h1:1,h2:2", config.Kafka["east"]);
        Assert.Equal(KeyValuePair.Create("west", "/w.properties"), Assert.Single(config.KafkaProperties));
        Assert.Equal(1, config.Replication.KafkaReplicationFactor);
        PeerOptions peer = Assert.Single(config.Peers);
        Assert.Equal($"127.0.0.1:{system.Regions[0].ReplicatorPort}", peer.Replicator);
    }

    [Fact]
    public void Write_UnknownKey_IsRefusedByName()
    {
        SystemState system = SystemPlan.Make(Options() with { PortBase = 21600, Settings = ["no.such=1"] });
        EnvironmentException refused = Assert.Throws<EnvironmentException>(() => NodeConfigFile.Write(system, system.Regions[0]));
        Assert.Contains("no", refused.Message, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Usage, refused.ExitCode);
    }

    [Fact]
    public async Task Check_ForeignProcessOnAPort_NamesPortAndNothingElseHappens()
    {
        SystemState system = SystemPlan.Make(Options() with { PortBase = 21800 });
        using TcpListener foreign = new(IPAddress.Loopback, 21800);
        foreign.Start();
        EnvironmentException refused = await Assert.ThrowsAsync<EnvironmentException>(() => SystemPlan.CheckAsync(system, TestContext.Current.CancellationToken));
        Assert.Contains("21800", refused.Message, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Environment, refused.ExitCode);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_directory));
    }

    [Fact]
    public async Task Check_NoBroker_IsAMissingDependency()
    {
        SystemState system = SystemPlan.Make(Options() with { PortBase = 22000, Kafka = "east=127.0.0.1:1,west=127.0.0.1:1" });
        EnvironmentException refused = await Assert.ThrowsAsync<EnvironmentException>(() => SystemPlan.CheckAsync(system, TestContext.Current.CancellationToken));
        Assert.Equal(ExitCodes.MissingDependency, refused.ExitCode);
    }

    [Fact]
    public void Make_ClientPropertiesOfARegionWithoutBroker_AreRefused()
    {
        EnvironmentException refused = Assert.Throws<EnvironmentException>(() => SystemPlan.Make(Options() with { Kafka = "east=h:1,west=h:2", KafkaProperties = "north=/n" }));
        Assert.Equal("--kafka-properties: --kafka has no region north", refused.Message);
    }

    [Fact]
    public async Task Check_ClientPropertiesThatAreNotAllowed_NothingIsStarted()
    {
        string file = Path.Combine(_directory, "east.properties");
        await File.WriteAllTextAsync(file, "acks=0\n", TestContext.Current.CancellationToken);
        SystemState system = SystemPlan.Make(Options() with { PortBase = 22200, Kafka = "east=127.0.0.1:1,west=127.0.0.1:1", KafkaProperties = $"east={file}" });
        EnvironmentException refused = await Assert.ThrowsAsync<EnvironmentException>(() => SystemPlan.CheckAsync(system, TestContext.Current.CancellationToken));
        Assert.StartsWith($"{file}, line 1: 'acks' is not allowed", refused.Message, StringComparison.Ordinal);
    }

    private UpOptions Options() => new() { Directory = _directory };
}
