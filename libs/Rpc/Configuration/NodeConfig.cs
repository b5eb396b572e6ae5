namespace MultiCloudKv.Rpc.Configuration;

/// <summary>
/// The configuration of one node: its server and its replicator read the same file. What a key means, its default and
/// bounds stand in <see cref="NodeConfigKeys"/> and nowhere else.
/// </summary>
/// <remarks>Immutable once loaded.</remarks>
public sealed class NodeConfig
{
    public string ClusterId { get; internal set; } = "";

    public string RegionName { get; internal set; } = "";

    public byte RegionId { get; internal set; }

    public uint Incarnation { get; internal set; }

    public string NodeId { get; internal set; } = "";

    public string DataDirectory { get; internal set; } = "";

    public string? PasswordFile { get; internal set; }

    public int Partitions { get; internal set; }

    public ClientOptions Client { get; } = new();

    public EndpointOptions Rpc { get; } = new();

    public EndpointOptions Admin { get; } = new();

    public EndpointOptions Replicator { get; } = new();

    public EndpointOptions ReplicatorAdmin { get; } = new();

    public TlsOptions Tls { get; } = new();

    /// <summary>Of both admin ports.</summary>
    public bool AdminTls { get; internal set; }

    public IReadOnlyList<PeerOptions> Peers { get; internal set; } = [];

    public TransportKind Transport { get; internal set; }

    /// <summary>Bootstrap servers by region name.</summary>
    public IReadOnlyDictionary<string, string> Kafka { get; internal set; } = new Dictionary<string, string>();

    /// <summary>Files for <see cref="KafkaClientProperties"/> by region name; none: clear text, nobody in particular.</summary>
    public IReadOnlyDictionary<string, string> KafkaProperties { get; internal set; } = new Dictionary<string, string>();

    public CacheOptions Cache { get; } = new();

    public BinlogOptions Binlog { get; } = new();

    public ReplicationOptions Replication { get; } = new();

    public LimitOptions Limits { get; } = new();

    /// <summary>Http or https; null: metrics are sent nowhere.</summary>
    public Uri? OtlpEndpoint { get; internal set; }

    public string BinlogDirectory => Path.Combine(DataDirectory, "binlog");

    public string StoreDirectory => Path.Combine(DataDirectory, "store");

    public string ReplicatorDirectory => Path.Combine(DataDirectory, "replicator");

    /// <summary>The password of every port of this node, or null where none is set. Read from the file each time.</summary>
    public string? ReadPassword() => PasswordFile is null ? null : NodeConfigLoader.Password(PasswordFile);

    public string NameOf(byte region) =>
        region == RegionId ? RegionName : Peers.FirstOrDefault(p => p.Id == region)?.Name ?? $"region-{region}";
}
