using System.Net.Sockets;
using System.Text.RegularExpressions;
using MultiCloudKv.Foundation;
using MultiCloudKv.Rpc.Configuration;

namespace MultiCloudKv.Cli.Deployment;

/// <summary>
/// Decides what a system looks like: the first time from the options, later from what is there, which options may repeat
/// but not contradict. And checks, before anything is started, all that could keep it from starting.
/// </summary>
internal static partial class SystemPlan
{
    public const int DefaultPortBase = 7000;
    public const int PortsPerRegion = 100;
    private const int RegionsMax = 9;
    private static readonly string[] Programs = ["Server", "Replicator"];
    private static readonly TimeSpan BrokerLimit = TimeSpan.FromSeconds(5);

    public static SystemState Make(UpOptions options)
    {
        if (SystemState.Exists(options.Directory))
            return Agree(SystemState.Load(options.Directory), options);

        string[] names = (options.Regions ?? "east,west").Split(',', StringSplitOptions.TrimEntries);
        string? bad = names.FirstOrDefault(name => !RegionName().IsMatch(name));
        if (bad is not null || names.Distinct().Count() != names.Length || names.Length is < 1 or > RegionsMax)
            throw Usage($"--regions takes 1 to {RegionsMax} different names of lower-case letters, digits and '-'");
        int portBase = options.PortBase ?? DefaultPortBase;
        if (portBase < 1024 || portBase + (names.Length * PortsPerRegion) > 65536)
            throw Usage("--port-base takes a port from 1024 on that leaves room for 100 ports per region");
        string transport = options.Transport ?? (options.Kafka is null ? "direct" : "kafka");
        SortedDictionary<string, string> kafka = ParsePairs(options.Kafka?.Split(',') ?? [], "--kafka");
        if (transport == "kafka" && names.FirstOrDefault(name => !kafka.ContainsKey(name)) is { } without)
            throw Usage($"--transport kafka needs --kafka with the broker of every region; {without} has none");
        if (transport == "direct" && (kafka.Count > 0 || options.KafkaProperties is not null))
            throw Usage("--kafka and --kafka-properties go with --transport kafka");

        HashSet<int> taken = [.. names.Select((_, index) => portBase + (index * PortsPerRegion))];
        return new SystemState
        {
            Directory = Path.GetFullPath(options.Directory),
            ClusterId = "local",
            Transport = transport,
            Kafka = kafka,
            KafkaProperties = PropertyFiles(options.KafkaProperties, kafka),
            PortBase = portBase,
            PasswordFile = options.PasswordFile is null ? null : Path.GetFullPath(options.PasswordFile),
            Settings = ParsePairs(options.Settings, "--set"),
            Regions = [.. names.Select((name, index) => Region(name, index, portBase + (index * PortsPerRegion), taken))],
        };
    }

    /// <summary>All that can be known before a process is started: ports, programs, password, brokers.</summary>
    public static async Task CheckAsync(SystemState system, CancellationToken stop)
    {
        system.ReadPassword();
        foreach (string file in system.KafkaProperties.Values)
            KafkaClientProperties.Load(file);
        foreach (RegionState region in system.Regions)
        {
            List<(string Use, int Port)> needed = [];
            if (!OsProcess.IsAlive(region.Server))
                needed.AddRange(region.ServerPorts);
            if (!OsProcess.IsAlive(region.Replicator))
                needed.AddRange(region.ReplicatorPorts);
            foreach ((string use, int port) in needed.Where(entry => !Ports.IsFree(entry.Port)))
                throw new EnvironmentException($"port {port} ({region.Name}'s {use} port) is taken{Ports.Owner(port)}; nothing was started");
        }

        foreach (string project in Programs.Where(project => !File.Exists(SourceTree.Executable(project))))
            throw new EnvironmentException($"{SourceTree.Executable(project)} is not built", ExitCodes.MissingDependency);
        foreach ((string region, string servers) in system.Kafka)
            await CheckBrokerAsync(region, servers, stop).ConfigureAwait(false);
    }

    private static async Task CheckBrokerAsync(string region, string servers, CancellationToken stop)
    {
        foreach (string server in servers.Split(';', ' '))
        {
            if (server.Split(':') is not [string host, string portText] || !int.TryParse(portText, out int port))
                throw Usage($"--kafka: '{server}' is not host:port");
            using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
            limit.CancelAfter(BrokerLimit);
            using TcpClient client = new();
            try
            {
                await client.ConnectAsync(host, port, limit.Token).ConfigureAwait(false);
            }
            catch (Exception missing) when (missing is SocketException || (missing is OperationCanceledException && !stop.IsCancellationRequested))
            {
                throw new EnvironmentException($"no Kafka broker answers at {server} ({region}); nothing was started", ExitCodes.MissingDependency);
            }
        }
    }

    private static SystemState Agree(SystemState system, UpOptions options)
    {
        string names = string.Join(',', system.Regions.Select(region => region.Name));
        if (options.Regions is not null && options.Regions != names)
            throw Usage($"the system in {options.Directory} has regions {names}; another set needs another --data");
        if (options.PortBase is not null && options.PortBase != system.PortBase)
            throw Usage($"the system in {options.Directory} has port base {system.PortBase}");
        if (options.Transport is not null && options.Transport != system.Transport)
            throw Usage($"the system in {options.Directory} uses transport {system.Transport}");
        SortedDictionary<string, string> settings = new(system.Settings, StringComparer.Ordinal);
        foreach ((string key, string value) in ParsePairs(options.Settings, "--set"))
            settings[key] = value;
        SortedDictionary<string, string> kafka = options.Kafka is null ? system.Kafka : ParsePairs(options.Kafka.Split(','), "--kafka");
        return system with
        {
            Settings = settings,
            Kafka = kafka,
            KafkaProperties = options.KafkaProperties is null ? system.KafkaProperties : PropertyFiles(options.KafkaProperties, kafka),
            PasswordFile = options.PasswordFile is null ? system.PasswordFile : Path.GetFullPath(options.PasswordFile),
        };
    }

    private static RegionState Region(string name, int index, int port, HashSet<int> taken)
    {
        int last = port + PortsPerRegion - 1;
        return new RegionState
        {
            Name = name,
            Id = index + 1,
            ClientPort = port,
            AdminPort = Ports.Pick(port + 1, last, taken),
            RpcPort = Ports.Pick(port + 2, last, taken),
            ReplicatorPort = Ports.Pick(port + 3, last, taken),
            ReplicatorAdminPort = Ports.Pick(port + 4, last, taken),
        };
    }

    private static SortedDictionary<string, string> PropertyFiles(string? option, SortedDictionary<string, string> kafka)
    {
        SortedDictionary<string, string> files = ParsePairs(option?.Split(',') ?? [], "--kafka-properties");
        if (files.Keys.FirstOrDefault(name => !kafka.ContainsKey(name)) is { } unknown)
            throw Usage($"--kafka-properties: --kafka has no region {unknown}");
        foreach (string name in files.Keys.ToArray())
            files[name] = Path.GetFullPath(files[name]);
        return files;
    }

    private static SortedDictionary<string, string> ParsePairs(IEnumerable<string> pairs, string option)
    {
        SortedDictionary<string, string> parsed = new(StringComparer.Ordinal);
        foreach (string pair in pairs)
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1 || equals == pair.Length - 1)
                throw Usage($"{option}: '{pair}' is not NAME=VALUE");
            parsed[pair[..equals]] = pair[(equals + 1)..];
        }

        return parsed;
    }

    private static EnvironmentException Usage(string line) => new(line, ExitCodes.Usage);

    [GeneratedRegex("^[a-z0-9-]{1,32}$")]
    private static partial Regex RegionName();
}
