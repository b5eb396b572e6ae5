using System.Text.Json;
using System.Text.Json.Serialization;
using MultiCloudKv.Cli.Output;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Cli.Deployment;

/// <summary>
/// What <c>mckv up</c> knows about a local system, kept in DIR/system.json: its shape, fixed when it was first brought up,
/// and its processes. Written before and after every start and stop, always by whoever holds the system's lock.
/// </summary>
internal sealed record SystemState
{
    private const int CurrentFormat = 1;
    private const string FileName = "system.json";

    public int Format { get; init; } = CurrentFormat;

    public required string ClusterId { get; init; }

    public required string Transport { get; init; }

    /// <summary>Bootstrap servers by region name; empty with the direct transport.</summary>
    public required SortedDictionary<string, string> Kafka { get; init; }

    /// <summary>Files for <see cref="Rpc.Configuration.KafkaClientProperties"/> by region name.</summary>
    public SortedDictionary<string, string> KafkaProperties { get; init; } = [];

    public required int PortBase { get; init; }

    public string? PasswordFile { get; init; }

    /// <summary>Further configuration keys given with --set, the same for every region.</summary>
    public required SortedDictionary<string, string> Settings { get; init; }

    public required List<RegionState> Regions { get; init; }

    [JsonIgnore]
    public string Directory { get; set; } = string.Empty;

    public static bool Exists(string directory) => File.Exists(Path.Combine(directory, FileName));

    /// <exception cref="EnvironmentException">There is no system in the directory, or one this version can't read.</exception>
    public static SystemState Load(string directory)
    {
        string path = Path.GetFullPath(Path.Combine(directory, FileName));
        if (!File.Exists(path))
            throw new EnvironmentException($"there is no system in {directory}: mckv up makes one, --data DIR names another", ExitCodes.Environment);
        try
        {
            SystemState state = JsonSerializer.Deserialize<SystemState>(File.ReadAllText(path), JsonOut.Options)!;
            if (state.Format > CurrentFormat)
                throw new EnvironmentException($"{path} is of format {state.Format}, this mckv reads up to {CurrentFormat}", ExitCodes.Environment);
            state.Directory = Path.GetDirectoryName(path)!;
            return state;
        }
        catch (Exception unreadable) when (unreadable is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new EnvironmentException($"{path} can't be read: {unreadable.Message}", unreadable);
        }
    }

    public void Save() =>
        Durable.Replace(Path.Combine(Directory, FileName), JsonSerializer.SerializeToUtf8Bytes(this, JsonOut.Options));

    public RegionState Region(string name) =>
        Regions.Find(region => region.Name == name)
        ?? throw new EnvironmentException($"there is no region {name}; this system has {string.Join(", ", Regions.Select(region => region.Name))}", ExitCodes.Usage);

    public string DirectoryOf(RegionState region) => Path.Combine(Directory, region.Name);

    public string ConfigOf(RegionState region) => Path.Combine(DirectoryOf(region), "node.yaml");

    public string ServerLogOf(RegionState region) => Path.Combine(DirectoryOf(region), "server.log");

    public string ReplicatorLogOf(RegionState region) => Path.Combine(DirectoryOf(region), "replicator.log");

    /// <summary>The password of every port, or null where none is set.</summary>
    public string? ReadPassword(string? otherFile = null)
    {
        string? file = otherFile ?? PasswordFile;
        if (file is null)
            return null;
        try
        {
            return (File.ReadLines(file).FirstOrDefault() ?? string.Empty).Trim();
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new EnvironmentException($"the password file can't be read: {unreadable.Message}", unreadable);
        }
    }
}
