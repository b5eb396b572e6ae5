using System.Buffers.Binary;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Merge.Records;

/// <summary>
/// Layout of record keys. All records of one kind and slot are one contiguous range, and so are all elements of one key and version.
/// <code>
/// prefix       = [slot u16 BE][namespace varint][key length varint][key]
/// Meta         = 0x10 prefix
/// Element      = 0x20 prefix [version u64 BE][type u8][element]
/// ScoreIndex   = 0x21 prefix [version u64 BE][score 8 bytes, order-preserving][member], for sorted sets that are not small
/// ExpiryIndex  = 0x30 [slot u16 BE][expiry ms u64 BE][namespace varint][key length varint][key]
/// PendingIndex = 0x31 prefix                    the key itself
///              | 0x31 prefix [type u8][element] one of its elements
/// </code>
/// </summary>
public static class RecordKeys
{
    /// <summary>Longest record key beyond the bytes of key and element.</summary>
    public const int OverheadMax = 1 + 2 + VarInt.MaxLength + VarInt.MaxLength + 8 + 9;

    internal const int VersionLength = 8;
    internal const int ScoreLength = 8;

    /// <summary>Writes the inclusive low end of all records of a kind from a slot on; the same call with slot + 1 is the exclusive high end.</summary>
    public static int SlotBound(Span<byte> to, RecordKind kind, int slot)
    {
        to[0] = (byte)kind;
        BinaryPrimitives.WriteUInt16BigEndian(to[1..], (ushort)slot);
        return 3;
    }

    /// <summary>Low end of one namespace within a slot; with <paramref name="ns"/> + 1 its high end, for namespaces below 127.</summary>
    public static int NamespaceBound(Span<byte> to, RecordKind kind, int slot, uint ns)
    {
        SlotBound(to, kind, slot);
        return 3 + VarInt.Write(to[3..], ns);
    }

    /// <summary>Low end of the expiry records of a slot that are due at <paramref name="ms"/> or later.</summary>
    public static int ExpiryBound(Span<byte> to, int slot, long ms)
    {
        SlotBound(to, RecordKind.ExpiryIndex, slot);
        BinaryPrimitives.WriteUInt64BigEndian(to[3..], (ulong)Math.Max(ms, 0));
        return 11;
    }

    public static RecordKind Kind(ReadOnlySpan<byte> recordKey) => (RecordKind)recordKey[0];

    public static int Slot(ReadOnlySpan<byte> recordKey) => BinaryPrimitives.ReadUInt16BigEndian(recordKey[1..]);

    /// <summary>Takes apart a record key of any kind but System and ExpiryIndex; <paramref name="suffix"/> is what follows the key.</summary>
    public static bool TryParse(ReadOnlySpan<byte> recordKey, out int slot, out uint ns, out ReadOnlySpan<byte> key, out ReadOnlySpan<byte> suffix)
    {
        slot = 0;
        ns = 0;
        key = suffix = default;
        if (recordKey.Length < 5)
            return false;
        slot = Slot(recordKey);
        return TryParseName(recordKey[3..], out ns, out key, out suffix);
    }

    /// <summary>Takes apart an expiry record's key.</summary>
    public static bool TryParseExpiry(ReadOnlySpan<byte> recordKey, out int slot, out long ms, out uint ns, out ReadOnlySpan<byte> key)
    {
        slot = 0;
        ms = 0;
        ns = 0;
        key = default;
        if (recordKey.Length < 13)
            return false;
        slot = Slot(recordKey);
        ms = (long)BinaryPrimitives.ReadUInt64BigEndian(recordKey[3..]);
        return TryParseName(recordKey[11..], out ns, out key, out _);
    }

    /// <summary>Eight bytes that sort as the scores do; -0 sorts as 0.</summary>
    public static ulong SortableScore(double score)
    {
        ulong bits = BitConverter.DoubleToUInt64Bits(score == 0 ? 0d : score);
        return (bits >> 63) != 0 ? ~bits : bits | (1UL << 63);
    }

    public static double ScoreOf(ulong sortable) =>
        BitConverter.UInt64BitsToDouble((sortable >> 63) != 0 ? sortable & ~(1UL << 63) : ~sortable);

    private static bool TryParseName(ReadOnlySpan<byte> name, out uint ns, out ReadOnlySpan<byte> key, out ReadOnlySpan<byte> suffix)
    {
        var reader = new ByteReader(name);
        ns = (uint)reader.ReadVarInt();
        key = reader.ReadBytes();
        suffix = reader.Rest;
        return !reader.Failed;
    }
}
