namespace MultiCloudKv.Server.Commands;

/// <summary>Up to which sizes Redis would use its small encodings: what OBJECT ENCODING answers by. Immutable.</summary>
internal sealed record EncodingThresholds
{
    public static EncodingThresholds Default { get; } = new();

    public long HashEntriesMax { get; init; } = 512;

    public long HashValueMax { get; init; } = 64;

    public long SetIntegersMax { get; init; } = 512;

    public long SortedSetEntriesMax { get; init; } = 128;

    public long SortedSetValueMax { get; init; } = 64;

    public long ListSizeMax { get; init; } = -2;
}
