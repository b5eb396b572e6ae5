namespace MultiCloudKv.Cli.Verification;

/// <summary>A key whose state is not the same everywhere.</summary>
/// <param name="Digests">Digest by region; a region that doesn't hold the key has none.</param>
internal sealed record KeyDifference(int Slot, uint Namespace, string Key, IReadOnlyDictionary<string, string?> Digests);
