using System.Globalization;
using System.Text;
using MultiCloudKv.Foundation;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace MultiCloudKv.Rpc.Configuration;

/// <summary>Reads a node's configuration file. Anything wrong with it is one line that names the key.</summary>
public static class NodeConfigLoader
{
    private const int PasswordLengthMax = 512;

    /// <exception cref="EnvironmentException">With <see cref="ExitCodes.Usage"/>: the file can't be read, a key is unknown, missing or outside its bounds.</exception>
    public static NodeConfig Load(string path)
    {
        try
        {
            return Parse(File.ReadAllText(path), path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Refuse($"can't read {path}: {e.Message}");
        }
    }

    /// <summary>Reads a configuration from text; <paramref name="source"/> names it in errors.</summary>
    public static NodeConfig Parse(string yaml, string source)
    {
        var given = new Dictionary<string, (string Value, Mark At)>(StringComparer.Ordinal);
        var config = new NodeConfig();
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(yaml));
            if (stream.Documents.Count > 0)
                Flatten(config, Mapping(stream.Documents[0].RootNode, source, "the file"), "", given, source);
        }
        catch (YamlException e)
        {
            throw Refuse($"{source}, line {e.Start.Line}: {e.Message}");
        }

        foreach (ConfigKey key in NodeConfigKeys.All)
            Apply(config, key, given, source);
        if (given.Count > 0)
            throw Unknown(given.First().Key, given.First().Value.At, source);
        Check(config, source);
        return config;
    }

    /// <summary>The effective values, one "key: value" a line, secrets redacted.</summary>
    public static string Describe(string yaml)
    {
        var given = new Dictionary<string, (string Value, Mark At)>(StringComparer.Ordinal);
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        Flatten(new NodeConfig(), Mapping(stream.Documents[0].RootNode, "", ""), "", given, "");
        var text = new StringBuilder();
        foreach (ConfigKey key in NodeConfigKeys.All)
        {
            string value = given.TryGetValue(key.Path, out (string Value, Mark At) v) ? v.Value : key.Default ?? "";
            text.Append(CultureInfo.InvariantCulture, $"{key.Path}: {(key.Secret && value.Length > 0 ? "***" : value)}\n");
        }

        return text.ToString();
    }

    internal static string Password(string path)
    {
        string password;
        try
        {
            password = (File.ReadLines(path).FirstOrDefault() ?? "").Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EnvironmentException($"password-file: can't read {path}: {e.Message}", e);
        }

        return password.Length is > 0 and <= PasswordLengthMax && password.All(c => c is > ' ' and <= '~')
            ? password
            : throw Refuse($"password-file: the first line of {path} is to be 1 to {PasswordLengthMax} printable ASCII characters without spaces");
    }

    private static void Flatten(NodeConfig config, YamlMappingNode map, string prefix, Dictionary<string, (string Value, Mark At)> given, string source)
    {
        foreach ((YamlNode keyNode, YamlNode value) in map.Children)
        {
            string path = prefix + ((YamlScalarNode)keyNode).Value;
            if (path == "peers")
                config.Peers = Peers(value, source);
            else if (path == "kafka.bootstrap")
                config.Kafka = ByRegion(value, source, path);
            else if (path == "kafka.client-properties")
                config.KafkaProperties = ByRegion(value, source, path);
            else if (value is YamlMappingNode inner)
                Flatten(config, Section(inner, path, keyNode.Start, source), path + ".", given, source);
            else
                given[path] = (Scalar(value, source, path), keyNode.Start);
        }
    }

    private static Dictionary<string, string> ByRegion(YamlNode value, string source, string path) =>
        Mapping(value, source, path).Children.ToDictionary(p => Scalar(p.Key, source, path), p => Scalar(p.Value, source, path));

    private static YamlMappingNode Section(YamlMappingNode map, string path, Mark at, string source) =>
        path == "kafka" || NodeConfigKeys.All.Any(k => k.Path.StartsWith(path + ".", StringComparison.Ordinal)) ? map : throw Unknown(path, at, source);

    private static List<PeerOptions> Peers(YamlNode node, string source)
    {
        if (node is not YamlSequenceNode list)
            throw Refuse($"{source}, line {node.Start.Line}: peers is to be a list of {{name, id, replicator}}");
        var peers = new List<PeerOptions>();
        foreach (YamlNode item in list.Children)
        {
            string name = "", address = "";
            byte id = 0;
            foreach ((YamlNode key, YamlNode value) in Mapping(item, source, "peers").Children)
            {
                string path = $"peers.{((YamlScalarNode)key).Value}";
                string text = Scalar(value, source, path);
                switch (path)
                {
                    case "peers.name": name = text; break;
                    case "peers.id" when byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id) && id > 0: break;
                    case "peers.id": throw Refuse($"{source}, line {value.Start.Line}: peers.id: '{text}' is not 1 to 255");
                    case "peers.replicator" when IsAddress(text): address = text; break;
                    case "peers.replicator": throw Refuse($"{source}, line {value.Start.Line}: peers.replicator: '{text}' is not host:port");
                    default: throw Unknown(path, key.Start, source);
                }
            }

            if (name.Length == 0 || id == 0 || address.Length == 0)
                throw Refuse($"{source}, line {item.Start.Line}: a peer needs name, id and replicator");
            peers.Add(new PeerOptions(name, id, address));
        }

        return peers;
    }

    private static bool IsAddress(string text)
    {
        int colon = text.LastIndexOf(':');
        return colon > 0 && ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port) && port > 0;
    }

    private static void Apply(NodeConfig config, ConfigKey key, Dictionary<string, (string Value, Mark At)> given, string source)
    {
        bool there = given.Remove(key.Path, out (string Value, Mark At) value);
        if (!there && key.Default is null)
            throw Refuse($"{source}: the key '{key.Path}' is missing ({key.Bounds})");
        string text = there ? value.Value : key.Default!;
        if (text.Length == 0 && key.Default == "")
            return;
        if (key.Set(config, text) is { } wrong)
            throw Refuse($"{source}, line {value.At.Line}: {key.Path}: '{(key.Secret ? "***" : text)}' is not allowed; it takes {wrong}");
    }

    private static void Check(NodeConfig config, string source)
    {
        if (!System.Numerics.BitOperations.IsPow2(config.Partitions))
            throw Refuse($"{source}: partitions: {config.Partitions} is not a power of two");
        foreach (PeerOptions peer in config.Peers)
        {
            if (peer.Id == config.RegionId || peer.Name == config.RegionName || config.Peers.Count(p => p.Id == peer.Id || p.Name == peer.Name) > 1)
                throw Refuse($"{source}: peers: name and id of '{peer.Name}' are taken by another region");
        }

        if (config.Cache.DirtyBytes > config.Cache.Bytes)
            throw Refuse($"{source}: dirty-bytes: more than cache-bytes");
        if (config.Tls.CertificateFile is null != config.Tls.KeyFile is null)
            throw Refuse($"{source}: tls.certificate and tls.key go together");
        if (config.Client.Tls && !config.Tls.Enabled)
            throw Refuse($"{source}: client.tls: needs tls.certificate");
        if (config.AdminTls && !config.Tls.Enabled)
            throw Refuse($"{source}: admin.tls: needs tls.certificate");
        if (config.Replication.KafkaPartitions > config.Partitions)
            throw Refuse($"{source}: kafka.partitions: {config.Replication.KafkaPartitions} is more than partitions ({config.Partitions})");
        if (config.KafkaProperties.Keys.FirstOrDefault(region => !config.Kafka.ContainsKey(region)) is { } unknown)
            throw Refuse($"{source}: kafka.client-properties: kafka.bootstrap has no region '{unknown}'");
        if (config.Transport != TransportKind.Kafka)
            return;
        foreach (string region in config.Peers.Select(p => p.Name).Append(config.RegionName))
        {
            if (!config.Kafka.ContainsKey(region))
                throw Refuse($"{source}: kafka.bootstrap: no entry for region '{region}'");
        }
    }

    private static YamlMappingNode Mapping(YamlNode node, string source, string what) =>
        node as YamlMappingNode ?? throw Refuse($"{source}, line {node.Start.Line}: {what} is to be a mapping of keys to values");

    private static string Scalar(YamlNode node, string source, string path) =>
        (node as YamlScalarNode)?.Value ?? throw Refuse($"{source}, line {node.Start.Line}: {path}: a single value is expected");

    private static EnvironmentException Unknown(string path, Mark at, string source) =>
        Refuse($"{source}, line {at.Line}: unknown key '{path}'");

    private static EnvironmentException Refuse(string line) => new(line, ExitCodes.Usage);
}
