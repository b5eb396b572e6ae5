using MultiCloudKv.Foundation;
using MultiCloudKv.Rpc.Configuration;

namespace MultiCloudKv.Rpc.Tests;

public sealed class NodeConfigTests
{
    private const string Minimal = "cluster-id: c\nregion:\n  name: east\n  id: 1\ndata-dir: /tmp/x\n";

    [Fact]
    public void Parse_MinimalFile_HasTheDefaultsOfTheTable()
    {
        NodeConfig config = NodeConfigLoader.Parse(Minimal, "f");
        Assert.Equal((16, 7000, 1U), (config.Partitions, config.Client.Endpoint.Port, config.Incarnation));
        Assert.Equal(TimeSpan.FromMilliseconds(100), config.Replication.HeartbeatInterval);
        Assert.Equal(BinlogSync.EverySec, config.Binlog.Sync);
        Assert.Null(config.ReadPassword());
    }

    [Fact]
    public void Parse_FullFile_IsRead()
    {
        NodeConfig config = NodeConfigLoader.Parse(
            Minimal + "transport: kafka\ncache-bytes: 2GiB\nbinlog: {sync: always, mode: pwrite}\npeers:\n  - {name: west, id: 2, replicator: 10.0.0.2:7103}\nkafka:\n  bootstrap:\n    east: a:9092\n    west: b:9092\n  client-properties:\n    west: /w\n",
            "f");
        Assert.Equal(2L << 30, config.Cache.Bytes);
        Assert.Equal((BinlogSync.Always, BinlogMode.PositionedWrite), (config.Binlog.Sync, config.Binlog.Mode));
        Assert.Equal(new PeerOptions("west", 2, "10.0.0.2:7103"), Assert.Single(config.Peers));
        Assert.Equal("b:9092", config.Kafka["west"]);
        Assert.Equal(KeyValuePair.Create("west", "/w"), Assert.Single(config.KafkaProperties));
        Assert.Equal("west", config.NameOf(2));
    }

    [Theory]
    [InlineData("cach-bytes: 1GiB\n", "unknown key 'cach-bytes'")]
    [InlineData("client: {prot: 1}\n", "unknown key 'client.prot'")]
    [InlineData("clients: {port: 1}\n", "unknown key 'clients'")]
    [InlineData("peers:\n  - {name: w, id: 2, replicator: h:1, extra: 1}\n", "unknown key 'peers.extra'")]
    [InlineData("cache-bytes: 1TB\n", "cache-bytes: '1TB'")]
    [InlineData("partitions: 48\n", "partitions: 48 is not a power of two")]
    [InlineData("client: {port: 70000}\n", "client.port: '70000'")]
    [InlineData("binlog: {sync: sometimes}\n", "it takes everysec, always, os")]
    [InlineData("peers:\n  - {name: east, id: 2, replicator: h:1}\n", "'east' are taken")]
    [InlineData("transport: kafka\n", "no entry for region 'east'")]
    [InlineData("kafka: {partitions: 0}\n", "kafka.partitions: '0'")]
    [InlineData("kafka: {partitions: 17}\n", "kafka.partitions: 17 is more than partitions (16)")]
    [InlineData("kafka: {bootstrap: {east: a:1}, client-properties: {west: /w}}\n", "kafka.bootstrap has no region 'west'")]
    [InlineData("cache-bytes: 16MiB\n", "dirty-bytes: more than cache-bytes")]
    [InlineData("client: {cpus: 3-1}\n", "client.cpus: '3-1'")]
    [InlineData("telemetry: {otlp-endpoint: collector:4317}\n", "it takes an http or https URL")]
    [InlineData("client: [1]\n", "client: a single value is expected")]
    public void Parse_WrongKeyOrValue_IsRefusedWithOneLineThatNamesIt(string lines, string expected)
    {
        EnvironmentException e = Assert.Throws<EnvironmentException>(() => NodeConfigLoader.Parse(Minimal + lines, "node.yaml"));
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
        Assert.StartsWith("node.yaml", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
        Assert.Equal(ExitCodes.Usage, e.ExitCode);
    }

    [Fact]
    public void Parse_MissingRequiredKey_IsNamed()
    {
        EnvironmentException e = Assert.Throws<EnvironmentException>(() => NodeConfigLoader.Parse("cluster-id: c\n", "f"));
        Assert.Contains("'region.name' is missing", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Table_EveryDefault_IsWithinItsOwnBounds()
    {
        var config = new NodeConfig();
        foreach (ConfigKey key in NodeConfigKeys.All.Where(k => !string.IsNullOrEmpty(k.Default)))
            Assert.Null(key.Set(config, key.Default!));
        Assert.Equal(NodeConfigKeys.All.Count, NodeConfigKeys.All.Select(k => k.Path).Distinct().Count());
    }

    [Fact]
    public void ReferencePage_Committed_IsTheTables()
    {
        string? directory = AppContext.BaseDirectory;
        while (directory is not null && !File.Exists(Path.Combine(directory, "MultiCloudKv.sln")))
            directory = Path.GetDirectoryName(directory);
        string path = Path.Combine(directory!, "docs", "reference", "configuration.md");
        if (Environment.GetEnvironmentVariable("MCKV_WRITE_DOCS") is not null)
            File.WriteAllText(path, NodeConfigKeys.ReferencePage());
        Assert.Equal(NodeConfigKeys.ReferencePage(), File.ReadAllText(path));
    }
}
