using System.Globalization;
using System.Text;
using MultiCloudKv.Foundation;
using MultiCloudKv.Rpc.Configuration;

namespace MultiCloudKv.Cli.Deployment;

/// <summary>Writes a region's node.yaml from the system's shape; the loader of the processes judges it before anything starts.</summary>
internal static class NodeConfigFile
{
    public static string Text(SystemState system, RegionState region)
    {
        StringBuilder yaml = new();
        yaml.Append("# Written by mckv up; a change here is overwritten by the next one. Every key: docs/reference/configuration.md\n");
        Line(yaml, 0, "cluster-id", system.ClusterId);
        Line(yaml, 0, "region", null);
        Line(yaml, 1, "name", region.Name);
        Line(yaml, 1, "id", region.Id.ToString(CultureInfo.InvariantCulture));
        Line(yaml, 0, "data-dir", Quote(system.DirectoryOf(region)));
        if (system.PasswordFile is not null)
            Line(yaml, 0, "password-file", Quote(system.PasswordFile));
        Line(yaml, 0, "transport", system.Transport);
        SortedDictionary<string, SortedDictionary<string, string>> sections = new(StringComparer.Ordinal)
        {
            ["client"] = new(StringComparer.Ordinal) { ["port"] = Port(region.ClientPort) },
            ["rpc"] = new(StringComparer.Ordinal) { ["port"] = Port(region.RpcPort) },
            ["admin"] = new(StringComparer.Ordinal) { ["port"] = Port(region.AdminPort) },
            ["replicator"] = new(StringComparer.Ordinal) { ["port"] = Port(region.ReplicatorPort), ["admin-port"] = Port(region.ReplicatorAdminPort) },
        };
        foreach ((string key, string value) in system.Settings)
        {
            if (key.Split('.') is [string section, string name])
            {
                sections.TryAdd(section, new SortedDictionary<string, string>(StringComparer.Ordinal));
                sections[section][name] = value;
            }
            else
            {
                Line(yaml, 0, key, Quote(value));
            }
        }

        bool kafka = system.Kafka.Count > 0;
        foreach ((string section, SortedDictionary<string, string> keys) in sections.Where(section => !(kafka && section.Key == "kafka")))
            Section(yaml, section, keys);
        if (kafka)
        {
            Section(yaml, "kafka", sections.GetValueOrDefault("kafka") ?? []);
            Line(yaml, 1, "bootstrap", null);
            foreach ((string name, string servers) in system.Kafka)
                Line(yaml, 2, name, Quote(servers.Replace(';', ',')));
            if (system.KafkaProperties.Count > 0)
                Line(yaml, 1, "client-properties", null);
            foreach ((string name, string file) in system.KafkaProperties)
                Line(yaml, 2, name, Quote(file));
        }

        if (system.Regions.Count > 1)
            yaml.Append("peers:\n");
        foreach (RegionState peer in system.Regions.Where(peer => peer.Id != region.Id))
            yaml.Append(CultureInfo.InvariantCulture, $"  - {{name: {peer.Name}, id: {peer.Id}, replicator: \"127.0.0.1:{peer.ReplicatorPort}\"}}\n");
        return yaml.ToString();
    }

    /// <summary>Judges and writes the file.</summary>
    /// <exception cref="EnvironmentException">A key given with --set is unknown, or a value outside its bounds.</exception>
    public static void Write(SystemState system, RegionState region)
    {
        string text = Text(system, region);
        NodeConfigLoader.Parse(text, system.ConfigOf(region));
        System.IO.Directory.CreateDirectory(system.DirectoryOf(region));
        Durable.Replace(system.ConfigOf(region), Encoding.UTF8.GetBytes(text));
    }

    private static void Section(StringBuilder yaml, string name, SortedDictionary<string, string> keys)
    {
        Line(yaml, 0, name, null);
        foreach ((string key, string value) in keys)
            Line(yaml, 1, key, Quote(value));
    }

    private static void Line(StringBuilder yaml, int depth, string key, string? value) =>
        yaml.Append(' ', depth * 2).Append(key).Append(':').Append(value is null ? string.Empty : " ").Append(value).Append('\n');

    private static string Port(int port) => port.ToString(CultureInfo.InvariantCulture);

    private static string Quote(string value) => value.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '.') ? value : $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
