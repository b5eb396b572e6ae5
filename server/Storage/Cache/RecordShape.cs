using System.Buffers.Binary;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Server.Storage.Cache;

/// <summary>
/// What the cache needs to know of a record key: its kind, its slot, and for collections' records the prefix (key and
/// version) that makes a chain. Layout: <c>[kind][slot u16 BE][namespace varint][key length varint][key][version u64 BE]...</c>.
/// </summary>
internal static class RecordShape
{
    internal const byte Meta = 0x10;
    internal const byte Element = 0x20;
    internal const byte ScoreIndex = 0x21;
    internal const byte ExpiryIndex = 0x30;
    internal const byte PendingIndex = 0x31;

    /// <summary>Length of kind and slot.</summary>
    internal const int SlotPrefix = 3;

    private const int VersionBytes = 8;

    internal static int Slot(ReadOnlySpan<byte> key) => BinaryPrimitives.ReadUInt16BigEndian(key[1..]);

    internal static bool IsOfCollection(ReadOnlySpan<byte> key) => key[0] is Element or ScoreIndex;

    /// <summary>Length of the prefix of a collection's record, version included; 0 when the bytes end before.</summary>
    internal static int ChainPrefix(ReadOnlySpan<byte> key)
    {
        int at = SlotPrefix;
        ulong length;
        if (key.Length > at + 1 && key[at] < 0x80 && key[at + 1] < 0x80)
        {
            length = key[at + 1];
            at += 2;
        }
        else
        {
            if (key.Length <= at)
                return 0;
            int n = VarInt.TryRead(key[at..], out _);
            if (n == 0)
                return 0;
            at += n;
            int m = VarInt.TryRead(key[at..], out length);
            if (m == 0)
                return 0;
            at += m;
        }

        return length + VersionBytes > (ulong)(key.Length - at) ? 0 : at + (int)length + VersionBytes;
    }

    /// <summary>The version at the end of a chain's prefix.</summary>
    internal static ulong Version(ReadOnlySpan<byte> chainPrefix) => BinaryPrimitives.ReadUInt64BigEndian(chainPrefix[^VersionBytes..]);

    /// <summary>Writes the exclusive end of the range of keys that start with <paramref name="prefix"/>; returns its length.</summary>
    internal static int PrefixEnd(ReadOnlySpan<byte> prefix, Span<byte> end)
    {
        int length = prefix.Length;
        while (length > 0 && prefix[length - 1] == 0xff)
            length--;
        Invariant.Check(length > 0);
        prefix[..length].CopyTo(end);
        end[length - 1]++;
        return length;
    }

    /// <summary>
    /// True when the range up to <paramref name="high"/> holds no key beyond those that start with <paramref name="prefix"/>. The end may be written
    /// as the next prefix of the same length (slot 0x00ff ends at 0x0100): no record key is as short as that.
    /// </summary>
    internal static bool EndsWithin(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> high)
    {
        if (high.StartsWith(prefix))
            return true;
        int length = prefix.Length;
        while (length > 0 && prefix[length - 1] == 0xff)
            length--;
        if (length == 0 || high.Length < length || !high[..(length - 1)].SequenceEqual(prefix[..(length - 1)]))
            return high.SequenceCompareTo(prefix) < 0;
        bool next = high[length - 1] == prefix[length - 1] + 1 && high.Length <= prefix.Length && high[length..].IndexOfAnyExcept((byte)0) < 0;
        return next || high.SequenceCompareTo(prefix) < 0;
    }
}
