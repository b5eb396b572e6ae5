using MultiCloudKv.Foundation;

namespace MultiCloudKv.Rpc.Configuration;

/// <summary>
/// How a region's brokers are spoken to: encryption and who this client is, by the property names of librdkafka (its CONFIGURATION.md), one
/// <c>name=value</c> a line, <c>#</c> before a comment. In a file of its own because it holds secrets, and one per region because clusters of
/// different clouds know different users.
/// </summary>
/// <remarks>Only what <see cref="Allowed"/> names may stand in it: order and durability rest on the others, or they have keys of the node's own. No value is ever part of an error here.</remarks>
public static class KafkaClientProperties
{
    public const int FileBytesMax = 64 << 10;

    /// <summary>Names; one with a dot at its end allows all that begin with it.</summary>
    private static readonly string[] Allowed = ["security.protocol", "ssl.", "sasl.", "enable.ssl.certificate.verification", "broker.address.family", "socket.keepalive.enable", "client.rack"];

    /// <exception cref="EnvironmentException">With <see cref="ExitCodes.Usage"/>: the file can't be read, is too large, or a line is not allowed.</exception>
    public static IReadOnlyDictionary<string, string> Load(string path)
    {
        var properties = new Dictionary<string, string>(StringComparer.Ordinal);
        int number = 0;
        foreach (string line in Read(path).Split('\n').Select(l => l.Trim()))
        {
            number++;
            if (line.Length == 0 || line[0] == '#')
                continue;
            int equals = line.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? "" : line[..equals].TrimEnd();
            if (name.Length == 0 || equals == line.Length - 1)
                throw Refuse($"{path}, line {number}: is to be name=value");
            if (!Array.Exists(Allowed, a => a[^1] == '.' ? name.StartsWith(a, StringComparison.Ordinal) : name == a))
                throw Refuse($"{path}, line {number}: '{name}' is not allowed; it takes security.protocol, ssl.*, sasl.*, {string.Join(", ", Allowed[3..])}");
            if (!properties.TryAdd(name, line[(equals + 1)..].TrimStart()))
                throw Refuse($"{path}, line {number}: '{name}' is there twice");
        }

        return properties;
    }

    private static string Read(string path)
    {
        try
        {
            var file = new FileInfo(path);
            if (file.Exists && file.Length > FileBytesMax)
                throw Refuse($"{path}: larger than {FileBytesMax} bytes");
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Refuse($"kafka.client-properties: can't read {path}: {e.Message}");
        }
    }

    private static EnvironmentException Refuse(string line) => new(line, ExitCodes.Usage);
}
