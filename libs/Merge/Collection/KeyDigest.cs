namespace MultiCloudKv.Merge.Collection;

/// <summary>
/// What verify compares, equal in all regions that applied the same changes. Sums of digests of keys are digests of slots.
/// Nothing local is in it: no versions, no floors, nothing of keys that do not show.
/// </summary>
/// <param name="Visible">Type, expiry and elements as readers see them.</param>
/// <param name="Stamped">The same with stamps, siblings and each region's increments.</param>
public readonly record struct KeyDigest(UInt128 Visible, UInt128 Stamped)
{
    public KeyDigest Add(KeyDigest other) => new(unchecked(Visible + other.Visible), unchecked(Stamped + other.Stamped));

    /// <summary>Digest of one key as it shows at a moment; zero when it does not show.</summary>
    public static KeyDigest Of(IRecordStore store, int slot, uint ns, ReadOnlySpan<byte> key, long nowMs) => throw new NotSupportedException();
}
