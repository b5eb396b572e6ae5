using System.Buffers.Binary;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Merge.Changes;

/// <summary>
/// Walks groups that stand one after the other. A group is what one transaction did in one slot; the binlog logs it and
/// the replicator ships it as it is. All integers little-endian.
/// <code>
/// slot               u16
/// partition sequence u64   set inside the append section, 0 until then
/// prev               u64   the origin's previous time in this slot, 0 for none
/// ctx                      count varint, then (region u8, hlc varint) each: the slot's applied vector at the origin without the origin
/// ops length         u32
/// ops                      see OpWriter
/// </code>
/// </summary>
public ref struct GroupReader
{
    /// <summary>Fixed part before the context.</summary>
    public const int HeaderLength = 2 + 8 + 8;

    private const int SequenceOffset = 2;
    private readonly ReadOnlySpan<byte> _groups;
    private int _next;

    public GroupReader(ReadOnlySpan<byte> groups)
    {
        _groups = groups;
        _next = 0;
        Slot = 0;
        Sequence = 0;
        Prev = 0;
        Group = Context = Ops = default;
        Malformed = false;
    }

    /// <summary>True when the bytes are no groups: <see cref="MoveNext"/> has then returned false.</summary>
    public bool Malformed { get; private set; }

    /// <summary>All bytes of the current group.</summary>
    public ReadOnlySpan<byte> Group { get; private set; }

    public int Slot { get; private set; }

    public ulong Sequence { get; private set; }

    public ulong Prev { get; private set; }

    /// <summary>The encoded context.</summary>
    public ReadOnlySpan<byte> Context { get; private set; }

    public ReadOnlySpan<byte> Ops { get; private set; }

    /// <summary>Where the current group begins in the bytes given.</summary>
    public int Offset { get; private set; }

    public bool MoveNext()
    {
        if (Malformed || _next >= _groups.Length)
            return false;
        Offset = _next;
        var reader = new ByteReader(_groups[_next..]);
        Slot = reader.ReadUInt16();
        Sequence = reader.ReadUInt64();
        Prev = reader.ReadUInt64();
        ulong regions = reader.ReadVarInt();
        for (ulong i = 0; i < regions && !reader.Failed; i++)
        {
            reader.ReadByte();
            reader.ReadVarInt();
        }

        int contextEnd = reader.Position;
        uint length = reader.ReadUInt32();
        int opsStart = reader.Position;
        if (reader.Failed || length > (uint)reader.Remaining || Slot >= Slots.Count)
        {
            Malformed = true;
            return false;
        }

        int total = opsStart + (int)length;
        Group = _groups.Slice(_next, total);
        Context = Group[HeaderLength..contextEnd];
        Ops = Group[opsStart..];
        _next += total;
        return true;
    }

    /// <summary>Decodes the context.</summary>
    public readonly void ReadContext(StampVector into)
    {
        var reader = new ByteReader(Context);
        into.ReadFrom(ref reader);
    }

    /// <summary>Sets the partition sequence of a group in place.</summary>
    public static void PatchSequence(Span<byte> group, ulong sequence) =>
        BinaryPrimitives.WriteUInt64LittleEndian(group[SequenceOffset..], sequence);

    /// <summary>True when these bytes are whole groups of well-formed operations: what came from elsewhere is checked before it is logged.</summary>
    public static bool Validate(ReadOnlySpan<byte> groups)
    {
        var reader = new GroupReader(groups);
        while (reader.MoveNext())
        {
            if (!OpReader.Validate(reader.Ops))
                return false;
        }

        return !reader.Malformed;
    }
}
