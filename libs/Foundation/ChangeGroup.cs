using System.Buffers.Binary;

namespace MultiCloudKv.Foundation;

/// <summary>
/// What one transaction did in one slot, as it stands in binlog records and messages. The framing only: what an op is
/// belongs to the merge rules.
/// <code>
///   offset 0   slot                u16
///          2   partition sequence  u64   gapless per origin node and partition; written inside the append section
///         10   previous            u64   the origin's previous hybrid time in this slot, 0 if none
///         18   context             StampVector without the origin's own entry
///          …   ops length          u32
///          …   ops
/// </code>
/// All integers little-endian.
/// </summary>
/// <remarks>A view over bytes owned by someone else: valid as long as those are.</remarks>
public readonly ref struct ChangeGroup
{
    /// <summary>Where the partition sequence stands within a group.</summary>
    public const int SequenceOffset = 2;

    private const int FixedLength = 2 + 8 + 8;

    private ChangeGroup(ushort slot, ulong sequence, ulong previous, ReadOnlySpan<byte> contextBytes, ReadOnlySpan<byte> ops, ReadOnlySpan<byte> bytes)
    {
        Slot = slot;
        Sequence = sequence;
        Previous = previous;
        ContextBytes = contextBytes;
        Ops = ops;
        Bytes = bytes;
    }

    public ushort Slot { get; }

    public ulong Sequence { get; }

    public ulong Previous { get; }

    /// <summary>The context as <see cref="StampVector.WriteTo"/> wrote it.</summary>
    public ReadOnlySpan<byte> ContextBytes { get; }

    public ReadOnlySpan<byte> Ops { get; }

    /// <summary>The whole group, framing included.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    /// <summary>Reads the group at the reader's position and moves past it.</summary>
    /// <returns>False when the bytes end early or are malformed; the reader has then failed.</returns>
    public static bool TryRead(scoped ref ByteReader from, out ChangeGroup group)
    {
        ReadOnlySpan<byte> rest = from.Rest;
        int start = from.Position;
        ushort slot = from.ReadUInt16();
        ulong sequence = from.ReadUInt64();
        ulong previous = from.ReadUInt64();
        int contextStart = from.Position - start;
        ulong entries = from.ReadVarInt();
        for (ulong i = 0; i < entries && !from.Failed; i++)
        {
            from.ReadByte();
            from.ReadVarInt();
        }

        int contextEnd = from.Position - start;
        uint opsLength = from.ReadUInt32();
        if (from.Failed || slot >= Slots.Count || opsLength > (uint)from.Remaining)
        {
            from.Take(-1);
            group = default;
            return false;
        }

        ReadOnlySpan<byte> ops = from.Take((int)opsLength);
        group = new ChangeGroup(slot, sequence, previous, rest[contextStart..contextEnd], ops, rest[..(from.Position - start)]);
        return true;
    }

    /// <summary>Writes a whole group. Returns the offset at which it begins, for <see cref="PatchSequence"/>.</summary>
    /// <param name="origin">The region whose own entry of the context is left out.</param>
    public static int Write(ByteWriter to, ushort slot, ulong sequence, ulong previous, StampVector context, byte origin, ReadOnlySpan<byte> ops)
    {
        int start = to.Length;
        int mark = Begin(to, slot, sequence, previous, context, origin);
        to.Write(ops);
        End(to, mark);
        return start;
    }

    /// <summary>Writes everything before the ops; the caller then writes these and calls <see cref="End"/> with what this returned.</summary>
    public static int Begin(ByteWriter to, ushort slot, ulong sequence, ulong previous, StampVector context, byte origin)
    {
        Span<byte> fixedPart = to.Reserve(FixedLength);
        BinaryPrimitives.WriteUInt16LittleEndian(fixedPart, slot);
        BinaryPrimitives.WriteUInt64LittleEndian(fixedPart[SequenceOffset..], sequence);
        BinaryPrimitives.WriteUInt64LittleEndian(fixedPart[(SequenceOffset + 8)..], previous);
        context.WriteTo(to, origin);
        to.WriteUInt32(0);
        return to.Length;
    }

    /// <summary>Sets the length of the ops written since <see cref="Begin"/>.</summary>
    public static void End(ByteWriter to, int mark) =>
        BinaryPrimitives.WriteUInt32LittleEndian(to.Patch(mark - 4, 4), (uint)(to.Length - mark));

    /// <summary>Sets the partition sequence of the group that begins at <paramref name="offset"/>.</summary>
    public static void PatchSequence(Span<byte> bytes, int offset, ulong sequence) =>
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[(offset + SequenceOffset)..], sequence);

    /// <summary>The slot of the group that begins at <paramref name="offset"/>.</summary>
    public static ushort SlotAt(ReadOnlySpan<byte> bytes, int offset) =>
        BinaryPrimitives.ReadUInt16LittleEndian(bytes[offset..]);

    /// <summary>Replaces <paramref name="into"/> by the context.</summary>
    public void ReadContext(StampVector into)
    {
        var reader = new ByteReader(ContextBytes);
        into.ReadFrom(ref reader);
    }
}
