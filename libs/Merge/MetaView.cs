using MultiCloudKv.Merge.State;

namespace MultiCloudKv.Merge;

/// <summary>What a meta record alone tells: for listing keys without opening each.</summary>
/// <param name="Type">Visible type if the key has not expired, None when it has no live element.</param>
/// <param name="ExpiryMs">Visible expiry, <see cref="long.MaxValue"/> for never.</param>
/// <param name="Count">Elements of the visible type.</param>
public readonly record struct MetaView(ElementType Type, long ExpiryMs, long Count)
{
    [ThreadStatic]
    private static KeyState? _state;

    public bool IsVisible(long nowMs) => Type != ElementType.None && nowMs < ExpiryMs;

    /// <summary>Reads the value of a meta record.</summary>
    public static MetaView Read(ReadOnlySpan<byte> metaValue)
    {
        switch (metaValue[0])
        {
            case KeyCodec.String or KeyCodec.Counter:
                return new MetaView(ElementType.String, long.MaxValue, 1);
            case KeyCodec.Expiring:
                return new MetaView(ElementType.String, (long)KeyCodec.U64(metaValue, 11), 1);
            case KeyCodec.Collection:
                bool expires = metaValue[KeyCodec.CollectionExpiryRegion] != 0;
                return new MetaView(
                    (ElementType)metaValue[1],
                    expires ? (long)KeyCodec.U64(metaValue, KeyCodec.CollectionExpiryMs) : long.MaxValue,
                    (long)KeyCodec.U64(metaValue, KeyCodec.CollectionCount));
            default:
                KeyState state = _state ??= new KeyState();
                KeyCodec.Read(metaValue, state);
                ElementType type = state.VisibleType;
                return type == ElementType.None
                    ? new MetaView(type, long.MaxValue, 0)
                    : new MetaView(type, state.ExpiryOf(type), state.CountOf(type));
        }
    }
}
