using MultiCloudKv.Merge;
using MultiCloudKv.Merge.Transactions;
using MultiCloudKv.Resp;
using MultiCloudKv.Server.Commands;

namespace MultiCloudKv.Server.Keyspace;

/// <summary>
/// The encoding Redis would use for a value of this size: nothing is encoded so here, but clients and their tests ask. Looks at no
/// more elements than Redis would keep in a small encoding.
/// </summary>
internal static class ObjectEncoding
{
    private const int EmbeddedStringBytesMax = 44;

    public static ReadOnlySpan<byte> Of(KeyView key, EncodingThresholds limits) => key.Type switch
    {
        ElementType.String => OfString(key.StringValue),
        ElementType.Hash => IsSmall(key, limits.HashEntriesMax, limits.HashValueMax, values: true) ? "listpack"u8 : "hashtable"u8,
        ElementType.SortedSet => IsSmall(key, limits.SortedSetEntriesMax, limits.SortedSetValueMax, values: false) ? "listpack"u8 : "skiplist"u8,
        ElementType.Set => IsIntegers(key, limits.SetIntegersMax) ? "intset"u8 : "hashtable"u8,
        ElementType.List => "quicklist"u8,
        _ => "stream"u8,
    };

    private static ReadOnlySpan<byte> OfString(ReadOnlySpan<byte> value) =>
        RespNumbers.TryParseInt64(value, out _) ? "int"u8 : value.Length <= EmbeddedStringBytesMax ? "embstr"u8 : "raw"u8;

    private static bool IsSmall(KeyView key, long entriesMax, long valueMax, bool values)
    {
        if (key.Count > entriesMax)
            return false;
        using ElementCursor cursor = key.Scan();
        while (cursor.MoveNext())
        {
            if (cursor.Element.Length > valueMax || (values && cursor.Value.Length > valueMax))
                return false;
        }

        return true;
    }

    private static bool IsIntegers(KeyView key, long entriesMax)
    {
        if (key.Count > entriesMax)
            return false;
        using ElementCursor cursor = key.Scan();
        while (cursor.MoveNext())
        {
            if (!RespNumbers.TryParseInt64(cursor.Element, out _))
                return false;
        }

        return true;
    }
}
