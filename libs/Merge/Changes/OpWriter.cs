using MultiCloudKv.Foundation;
using MultiCloudKv.Merge.State;

namespace MultiCloudKv.Merge.Changes;

/// <summary>
/// Writes operations. Each is opcode u8, namespace varint, key (length varint, bytes), then:
/// <code>
/// Set        own expiry varint | value (length varint, bytes) | key floors
/// Write      type u8 | element bytes | own expiry varint | value bytes | floors
/// Remove     type u8 | element bytes | floors
/// RemoveKey  key floors
/// Increment  type u8 | element bytes | start u64 (0 = this stamp) | total number
/// Expire     expiry varint
/// ClearSlot  (empty key) count varint, then key bytes | key floors each
/// Create     key floors
///
/// expiry     0 = never, else Unix milliseconds
/// floors     count varint, then region u8 | sum number each
/// key floors count varint, then type u8 | element bytes | floors each
/// </code>
/// </summary>
public static class OpWriter
{
    /// <summary>The expiry that never comes.</summary>
    public const long Never = long.MaxValue;

    /// <summary>Smallest expiry that can be stored; an earlier one is in the past anyway.</summary>
    public const long ExpiryMin = 2;

    public static void Begin(ByteWriter to, Opcode opcode, uint ns, ReadOnlySpan<byte> key)
    {
        to.WriteByte((byte)opcode);
        to.WriteVarInt(ns);
        to.WriteBytes(key);
    }

    public static void Element(ByteWriter to, ElementType type, ReadOnlySpan<byte> element)
    {
        to.WriteByte((byte)type);
        to.WriteBytes(element);
    }

    public static void Expiry(ByteWriter to, long ms) => to.WriteVarInt(ms == Never ? 0 : (ulong)Math.Max(ms, ExpiryMin));

    public static void Floor(ByteWriter to, byte region, in Number sum)
    {
        to.WriteByte(region);
        sum.WriteTo(to);
    }

    public static void None(ByteWriter to) => to.WriteByte(0);
}
