namespace MultiCloudKv.Rpc.Configuration;

/// <summary>The facts of one configuration key.</summary>
/// <param name="Path">Dotted, as in the file.</param>
/// <param name="Default">As it would be written; null: the key is required; empty: not set.</param>
/// <param name="Bounds">What values it takes, in words.</param>
/// <param name="Meaning">What it does.</param>
/// <param name="Set">Parses, checks and stores a value; returns what is wrong with it, or null.</param>
public sealed record ConfigKey(string Path, string? Default, string Bounds, string Meaning, Func<NodeConfig, string, string?> Set)
{
    /// <summary>Never printed.</summary>
    public bool Secret { get; init; }
}
