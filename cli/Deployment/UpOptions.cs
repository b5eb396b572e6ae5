namespace MultiCloudKv.Cli.Deployment;

/// <summary>What <c>mckv up</c> was asked for; null is "not said".</summary>
internal sealed record UpOptions
{
    public required string Directory { get; init; }

    public string? Transport { get; init; }

    /// <summary>east=H:P,west=H:P</summary>
    public string? Kafka { get; init; }

    /// <summary>Files of client properties, east=FILE,west=FILE</summary>
    public string? KafkaProperties { get; init; }

    public string? Regions { get; init; }

    public int? PortBase { get; init; }

    public string? PasswordFile { get; init; }

    /// <summary>Configuration keys, KEY=VALUE.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];
}
