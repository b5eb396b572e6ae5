using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Rpc.Configuration;

/// <summary>
/// Every key of a node's configuration file, once: name, default, bounds, meaning. The loader, the refusal of unknown
/// keys and the reference page are all read off this table.
/// </summary>
/// <remarks>
/// Besides these single values the file holds `peers`, a list of {name, id, replicator}: the other regions and the
/// host:port of each one's replicator; `kafka.bootstrap`, which maps each region's name to the bootstrap servers of its
/// Kafka cluster; and `kafka.client-properties`, which maps it to a file for <see cref="KafkaClientProperties"/>. Sizes take KiB, MiB, GiB; times are in the unit of the key's name.
/// </remarks>
public static partial class NodeConfigKeys
{
    private const long KiB = 1024;
    private const long MiB = 1024 * KiB;
    private const long GiB = 1024 * MiB;

    public static readonly IReadOnlyList<ConfigKey> All =
    [
        Text("cluster-id", null, NamePattern(), "lower-case letters, digits, '-', at most 32", "Name of the system; nodes of another one are refused.", (c, v) => c.ClusterId = v),
        Text("region.name", null, NamePattern(), "lower-case letters, digits, '-', at most 32", "Name of this node's region.", (c, v) => c.RegionName = v),
        Number("region.id", null, 1, 255, "Number of this node's region; the same forever, and different from every other region's.", (c, v) => c.RegionId = (byte)v),
        Number("region.incarnation", "1", 1, uint.MaxValue, "Raised when the region is made anew: added again, forked, restored in place.", (c, v) => c.Incarnation = (uint)v),
        Text("node-id", "n1", NamePattern(), "lower-case letters, digits, '-', at most 32", "Name of this node within its region.", (c, v) => c.NodeId = v),
        Text("data-dir", null, AnyPattern(), "a path", "Directory of the binlog, the store and the replicator's progress.", (c, v) => c.DataDirectory = Path.GetFullPath(v)),
        Text("password-file", "", AnyPattern(), "a path, or not set", "File whose first line is the password of every port of this node and of its peers.", (c, v) => c.PasswordFile = v),
        Number("partitions", "16", 1, 1024, "Number of partitions of the slots: the unit of order between regions. A power of two, the same in every region.", (c, v) => c.Partitions = (int)v),

        Address("client.bind", "127.0.0.1", "Address the client port listens on.", c => c.Client.Endpoint),
        Port("client.port", "7000", "Port of Redis clients.", c => c.Client.Endpoint),
        Number("client.connections-max", "10000", 1, 1_000_000, "Clients connected at the same time; more are refused.", (c, v) => c.Client.ConnectionsMax = (int)v),
        Number("client.io-threads", "0", 0, 256, "Threads that serve clients without TLS, each its own share of the connections; 0: half as many as there are processors, the rest is for what other regions write, epochs and the network.", (c, v) => c.Client.Threads = v == 0 ? Math.Max(1, Environment.ProcessorCount / 2) : (int)v),
        Processors("client.cpus", "Processors the threads of client.io-threads are bound to, all of them to all of these; not set: the system places them. For machines whose other work can be kept off these.", (c, v) => c.Client.Processors = v),
        Flag("client.tls", "no", "The client port speaks TLS.", (c, v) => c.Client.Tls = v),
        Address("rpc.bind", "127.0.0.1", "Address the node's RPC port listens on.", c => c.Rpc),
        Port("rpc.port", "0", "RPC port of the node: its replicator and the tools.", c => c.Rpc),
        Address("admin.bind", "127.0.0.1", "Address the node's admin port listens on.", c => c.Admin),
        Port("admin.port", "0", "Admin port of the node: /metrics, /healthz, /readyz.", c => c.Admin),
        Flag("admin.tls", "no", "The admin ports of node and replicator speak TLS.", (c, v) => c.AdminTls = v),
        Address("replicator.bind", "127.0.0.1", "Address the replicator's RPC port listens on.", c => c.Replicator),
        Port("replicator.port", "0", "RPC port of the replicator: its peers and the tools.", c => c.Replicator),
        Address("replicator.admin-bind", "127.0.0.1", "Address the replicator's admin port listens on.", c => c.ReplicatorAdmin),
        Port("replicator.admin-port", "0", "Admin port of the replicator: /metrics, /healthz, /readyz.", c => c.ReplicatorAdmin),
        Text("tls.certificate", "", AnyPattern(), "a PEM file, or not set", "Certificate of the RPC ports, and of the others where client.tls and admin.tls are on; it has the names or addresses that peers connect to, and 127.0.0.1 for what connects on the host itself. Not set: clear text.", (c, v) => c.Tls.CertificateFile = v),
        Text("tls.key", "", AnyPattern(), "a PEM file, or not set", "Its private key.", (c, v) => c.Tls.KeyFile = v),
        Text("tls.authority", "", AnyPattern(), "a PEM file, or not set", "Issuer the certificates of peers must come from. Not set: one that the system trusts.", (c, v) => c.Tls.AuthorityFile = v),

        Choice("transport", "direct", ["direct", "kafka"], "How changes travel: peers pull them from this region's binlog files, or through Kafka.", (c, i) => c.Transport = (TransportKind)i),
        Number("kafka.partitions", "1", 1, 1024, "Of the topic this node makes, which carry those of the system; at most `partitions`.", (c, v) => c.Replication.KafkaPartitions = (int)v),
        Number("kafka.replication-factor", "0", 0, 15, "Of the topic this node makes; 0: three, or as many as there are brokers.", (c, v) => c.Replication.KafkaReplicationFactor = (int)v),

        Size("cache-bytes", "2GiB", 16 * MiB, 1024 * GiB, "Memory for records: three quarters for the record cache, a quarter for RocksDB's blocks.", (c, v) => c.Cache.Bytes = v),
        Size("dirty-bytes", "1GiB", 4 * MiB, 256 * GiB, "Memory for changed records no epoch holds yet, at most half of the record cache; writers wait at the bound.", (c, v) => c.Cache.DirtyBytes = v),
        Duration("epoch-ms", "30000", 100, 3_600_000, "Age at which an epoch is written to the store: what was written since is replayed from the binlog after a crash, and what was overwritten meanwhile costs the disk nothing.", (c, v) => c.Cache.EpochTime = v),

        Choice("binlog.sync", "everysec", ["everysec", "always", "os"], "When the binlog is synced: once a second, before each reply, or when the operating system likes.", (c, i) => c.Binlog.Sync = (BinlogSync)i),
        Choice("binlog.mode", "mmap", ["mmap", "pwrite"], "How records get into a segment.", (c, i) => c.Binlog.Mode = (BinlogMode)i),
        Size("binlog.segment-bytes", "256MiB", 1 * MiB, 4 * GiB, "Size of a segment.", (c, v) => c.Binlog.SegmentBytes = v),
        Size("binlog.max-bytes", "16GiB", 4 * MiB, 64 * 1024 * GiB, "Size of all segments; at the bound a peer that is away is alarmed for, then marked needs-resync.", (c, v) => c.Binlog.BytesMax = v),
        Text("binlog.archive", "", AnyPattern(), "a path, or not set", "Directory segments are copied to before they are deleted.", (c, v) => c.Binlog.Archive = v),

        Duration("max-clock-drift-ms", "5000", 10, 3_600_000, "A stamp further ahead of this node's clock stops its origin's stream until it no longer is.", (c, v) => c.Replication.MaxClockDrift = v),
        Duration("gap-wait-ms", "2000", 10, 600_000, "How long a change that had seen a third region's may wait for it before another peer is asked.", (c, v) => c.Replication.GapWait = v),
        Duration("replication.heartbeat-ms", "100", 5, 10_000, "Interval of heartbeats to the other regions.", (c, v) => c.Replication.HeartbeatInterval = v),
        Duration("replication.target-lag-ms", "150", 0, 600_000, "While a peer that is heard confirms this node's changes later than this, besides the time the way takes, clients' writes are slowed (never refused); 0: never.", (c, v) => c.Replication.TargetLag = v),
        Duration("replication.peer-away-max-ms", "86400000", 1000, 31L * 86_400_000, "A peer that confirmed nothing for this long no longer holds the binlog back: it is marked needs-resync.", (c, v) => c.Replication.PeerAwayMax = v),
        Size("replication.message-bytes", "256KiB", 16 * KiB, 8 * MiB, "Size of a message between regions; larger changes travel in chunks.", (c, v) => c.Replication.MessageBytes = (int)v),
        Size("replication.in-flight-bytes-max", "64MiB", 1 * MiB, 4 * GiB, "Per origin: bytes received and not yet applied; at the bound the stream waits.", (c, v) => c.Replication.InFlightBytesMax = v),
        Flag("replication.compress", "no", "Messages are compressed with LZ4.", (c, v) => c.Replication.Compress = v),

        Size("limits.value-bytes-max", "512MiB", 1 * KiB, 512 * MiB, "Largest string a client may send or make.", (c, v) => c.Limits.ValueBytesMax = (int)v),
        Size("limits.key-bytes-max", "64KiB", 64, 1 * MiB, "Longest key.", (c, v) => c.Limits.KeyBytesMax = (int)v),
        Number("limits.arguments-max", "1048576", 16, 16_777_216, "Arguments of one command.", (c, v) => c.Limits.ArgumentsMax = (int)v),
        Size("limits.disk-free-bytes-min", "512MiB", 0, 1024 * GiB, "With less left on the data directory's disk, clients' writes are refused; peers' changes still apply.", (c, v) => c.Limits.DiskFreeBytesMin = v),

        Url("telemetry.otlp-endpoint", "Collector that server and replicator send their metrics to by OTLP over HTTP, such as http://127.0.0.1:4318; /v1/metrics where the URL has no path.", (c, v) => c.OtlpEndpoint = v),
    ];

    /// <summary>The reference page of the configuration file, in Markdown.</summary>
    public static string ReferencePage()
    {
        var page = new StringBuilder("""
            # Configuration of a node

            One YAML file for a node's server and its replicator. An unknown key or a value outside its bounds is refused
            with one line that names it. Sizes take KiB, MiB, GiB. Besides the keys below: `peers`, a list of
            `{name, id, replicator}`, the other regions and the `host:port` of each one's replicator;
            `kafka.bootstrap`, which maps each region's name to the bootstrap servers of its Kafka cluster; and
            `kafka.client-properties`, which maps a region's name to a file that says how its brokers are spoken to
            ([Kafka with TLS and users](../operating/kafka.md)).

            | key | default | values | meaning |
            |---|---|---|---|

            """);
        foreach (ConfigKey key in All)
            page.Append(CultureInfo.InvariantCulture, $"| `{key.Path}` | {key.Default switch { null => "required", "" => "not set", var d => $"`{d}`" }} | {key.Bounds} | {key.Meaning} |\n");
        return page.ToString();
    }

    private static ConfigKey Text(string path, string? fallback, Regex pattern, string bounds, string meaning, Action<NodeConfig, string> set) =>
        new(path, fallback, bounds, meaning, (c, v) =>
        {
            if (!pattern.IsMatch(v))
                return bounds;
            set(c, v);
            return null;
        });

    private static ConfigKey Number(string path, string? fallback, long min, long max, string meaning, Action<NodeConfig, long> set) =>
        Checked(path, fallback, $"{min} to {max}", meaning, min, max, v => long.TryParse(v, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long n) ? n : null, set);

    private static ConfigKey Duration(string path, string fallback, long min, long max, string meaning, Action<NodeConfig, TimeSpan> set) =>
        Number(path, fallback, min, max, meaning, (c, v) => set(c, TimeSpan.FromMilliseconds(v)));

    private static ConfigKey Size(string path, string fallback, long min, long max, string meaning, Action<NodeConfig, long> set) =>
        Checked(path, fallback, $"{FormatSize(min)} to {FormatSize(max)}", meaning, min, max, ParseSize, set);

    private static ConfigKey Port(string path, string fallback, string meaning, Func<NodeConfig, EndpointOptions> of) =>
        Checked(path, fallback, "0 to 65535; 0: any free one", meaning, 0, 65535, v => long.TryParse(v, NumberStyles.None, CultureInfo.InvariantCulture, out long n) ? n : null, (c, v) => of(c).Port = (int)v);

    private static ConfigKey Checked(
        string path, string? fallback, string bounds, string meaning, long min, long max, Func<string, long?> parse, Action<NodeConfig, long> set) =>
        new(path, fallback, bounds, meaning, (c, v) =>
        {
            if (parse(v) is not { } n || n < min || n > max)
                return bounds;
            set(c, n);
            return null;
        });

    private static ConfigKey Address(string path, string fallback, string meaning, Func<NodeConfig, EndpointOptions> of) =>
        new(path, fallback, "an IP address", meaning, (c, v) =>
        {
            if (!IPAddress.TryParse(v, out IPAddress? address))
                return "an IP address";
            of(c).Bind = address;
            return null;
        });

    private static ConfigKey Url(string path, string meaning, Action<NodeConfig, Uri> set) =>
        new(path, "", "an http or https URL, or not set", meaning, (c, v) =>
        {
            if (!Uri.TryCreate(v, UriKind.Absolute, out Uri? url) || url.Scheme is not ("http" or "https"))
                return "an http or https URL";
            set(c, url);
            return null;
        });

    private static ConfigKey Flag(string path, string fallback, string meaning, Action<NodeConfig, bool> set) =>
        Choice(path, fallback, ["no", "yes"], meaning, (c, i) => set(c, i == 1));

    private static ConfigKey Processors(string path, string meaning, Action<NodeConfig, ProcessorSet> set)
    {
        string bounds = $"numbers below {ProcessorSet.Max} and ranges of them, such as 0-3,8";
        return new(path, "", bounds + ", or not set", meaning, (c, v) =>
        {
            if (ProcessorSet.TryParse(v) is not { } processors)
                return bounds;
            set(c, processors);
            return null;
        });
    }

    private static ConfigKey Choice(string path, string fallback, string[] names, string meaning, Action<NodeConfig, int> set)
    {
        string bounds = string.Join(", ", names);
        return new(path, fallback, bounds, meaning, (c, v) =>
        {
            int i = Array.IndexOf(names, v);
            if (i < 0)
                return bounds;
            set(c, i);
            return null;
        });
    }

    private static long? ParseSize(string text)
    {
        (string unit, long factor) = text switch
        {
            _ when text.EndsWith("KiB", StringComparison.Ordinal) => ("KiB", KiB),
            _ when text.EndsWith("MiB", StringComparison.Ordinal) => ("MiB", MiB),
            _ when text.EndsWith("GiB", StringComparison.Ordinal) => ("GiB", GiB),
            _ => ("", 1L),
        };
        return long.TryParse(text.AsSpan(0, text.Length - unit.Length).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out long n) && n <= long.MaxValue / factor
            ? n * factor
            : null;
    }

    private static string FormatSize(long bytes) => bytes switch
    {
        >= GiB when bytes % GiB == 0 => $"{bytes / GiB}GiB",
        >= MiB when bytes % MiB == 0 => $"{bytes / MiB}MiB",
        >= KiB when bytes % KiB == 0 => $"{bytes / KiB}KiB",
        _ => bytes.ToString(CultureInfo.InvariantCulture),
    };

    [GeneratedRegex("^[a-z0-9-]{1,32}$")]
    private static partial Regex NamePattern();

    [GeneratedRegex("^.+$")]
    private static partial Regex AnyPattern();
}
