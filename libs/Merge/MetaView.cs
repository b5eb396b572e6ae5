namespace MultiCloudKv.Merge;

/// <summary>What a meta record alone tells: for listing keys without opening each.</summary>
/// <param name="Type">Visible type if the key has not expired, None when it has no live element.</param>
/// <param name="ExpiryMs">Visible expiry, <see cref="long.MaxValue"/> for never.</param>
/// <param name="Count">Elements of the visible type.</param>
public readonly record struct MetaView(ElementType Type, long ExpiryMs, long Count)
{
    public bool IsVisible(long nowMs) => Type != ElementType.None && nowMs < ExpiryMs;

    /// <summary>Reads the value of a meta record.</summary>
    public static MetaView Read(ReadOnlySpan<byte> metaValue) => throw new NotSupportedException();
}
