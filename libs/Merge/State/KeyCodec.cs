using System.Buffers.Binary;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Merge.State;

/// <summary>
/// Encoding of a meta record. The first byte says which form; a form never changes, a new one gets a new byte. The compact
/// forms hold what nearly all keys are; a state is always written in the smallest form that holds it, so equal states
/// have equal bytes.
/// <code>
/// 1  string     region u8 | hlc u64 | value to the end                        touched by that write alone, never expires
/// 2  expiring   region u8 | hlc u64 | counted u8 | expiry ms i64 | value      the same with an expiry of its own
/// 3  counter    region u8 | last u64 | start u64 | created u64 | sum zigzag   one region's increments; PERSIST register at created (0 = none)
/// 4  collection type u8 | flags u8 | version u64 | count u64
///               | expiry region u8 (0 = none) | expiry hlc u64 | expiry ms i64 | touch count u8, each region u8 | hlc u64
/// 16 general    flags u8 | version varint | touch | seen | expiry seen (vectors)
///               | expiry count varint, each region u8 | hlc u64 | ms varint (0 never)
///               | foreign deltas varint | remains varint | residue varint
///               | type count u8, each type u8 | count varint | newest hlc u64 | newest region u8 | exact u8
///               | the string element, see ElementCodec's general form
/// flags: 1 counted, 2 small (see <see cref="SmallSortedSet"/>)
/// </code>
/// </summary>
internal static class KeyCodec
{
    public const byte String = 1;
    public const byte Expiring = 2;
    public const byte Counter = 3;
    public const byte Collection = 4;
    public const byte General = 16;

    public const int StringHeader = 10;
    public const int ExpiringHeader = 19;
    public const int CounterHeader = 26;
    public const int CollectionHeader = 37;
    public const int TouchLength = 9;

    // Offsets within a collection record.
    public const int CollectionFlags = 2;
    public const int CollectionVersion = 3;
    public const int CollectionCount = 11;
    public const int CollectionExpiryRegion = 19;
    public const int CollectionExpiryHlc = 20;
    public const int CollectionExpiryMs = 28;
    public const int CollectionTouch = 36;

    public const byte CountedFlag = 1;
    public const byte SmallFlag = 2;

    private const int TouchMax = 32;

    public static ulong U64(ReadOnlySpan<byte> from, int at) => BinaryPrimitives.ReadUInt64LittleEndian(from[at..]);

    public static void Write(KeyState state, ByteWriter to)
    {
        if (TryWriteText(state, to) || TryWriteCollection(state, to))
            return;
        WriteGeneral(state, to);
    }

    public static void WriteString(ByteWriter to, byte region, ulong hlc, ReadOnlySpan<byte> value)
    {
        Span<byte> record = to.Reserve(StringHeader + value.Length);
        record[0] = String;
        record[1] = region;
        BinaryPrimitives.WriteUInt64LittleEndian(record[2..], hlc);
        value.CopyTo(record[StringHeader..]);
    }

    public static void WriteExpiring(ByteWriter to, byte region, ulong hlc, bool counted, long expiryMs, ReadOnlySpan<byte> value)
    {
        Span<byte> record = to.Reserve(ExpiringHeader + value.Length);
        record[0] = Expiring;
        record[1] = region;
        BinaryPrimitives.WriteUInt64LittleEndian(record[2..], hlc);
        record[10] = counted ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt64LittleEndian(record[11..], expiryMs);
        value.CopyTo(record[ExpiringHeader..]);
    }

    public static void WriteCounter(ByteWriter to, byte region, ulong last, ulong start, ulong created, long sum)
    {
        Span<byte> record = to.Reserve(CounterHeader);
        record[0] = Counter;
        record[1] = region;
        BinaryPrimitives.WriteUInt64LittleEndian(record[2..], last);
        BinaryPrimitives.WriteUInt64LittleEndian(record[10..], start);
        BinaryPrimitives.WriteUInt64LittleEndian(record[18..], created);
        to.WriteVarInt(VarInt.ZigZag(sum));
    }

    /// <summary>Writes a collection's record with one touch entry; others are added by <see cref="AddTouch"/>.</summary>
    public static void WriteCollection(ByteWriter to, ElementType type, ulong version, long count, in ExpiryRegister expiry, bool counted, bool small)
    {
        Span<byte> record = to.Reserve(CollectionHeader);
        record[0] = Collection;
        record[1] = (byte)type;
        record[CollectionFlags] = Flags(counted, small);
        BinaryPrimitives.WriteUInt64LittleEndian(record[CollectionVersion..], version);
        BinaryPrimitives.WriteUInt64LittleEndian(record[CollectionCount..], (ulong)count);
        record[CollectionExpiryRegion] = expiry.Region;
        BinaryPrimitives.WriteUInt64LittleEndian(record[CollectionExpiryHlc..], expiry.Hlc);
        BinaryPrimitives.WriteInt64LittleEndian(record[CollectionExpiryMs..], expiry.Ms);
        record[CollectionTouch] = 0;
    }

    public static void AddTouch(ByteWriter to, byte region, ulong hlc)
    {
        to.Patch(CollectionTouch, 1)[0]++;
        to.WriteByte(region);
        to.WriteUInt64(hlc);
    }

    /// <summary>Reads a record into a state that it replaces.</summary>
    public static void Read(ReadOnlySpan<byte> record, KeyState into)
    {
        into.Clear();
        switch (record[0])
        {
            case String:
                into.Counted = true;
                into.Touch[record[1]] = U64(record, 2);
                into.Text.PutRegister(record[1], U64(record, 2), long.MaxValue, record[StringHeader..]);
                break;
            case Expiring:
                into.Counted = record[10] != 0;
                into.Touch[record[1]] = U64(record, 2);
                into.Text.PutRegister(record[1], U64(record, 2), (long)U64(record, 11), record[ExpiringHeader..]);
                break;
            case Counter:
                ReadCounter(record, into);
                break;
            case Collection:
                ReadCollection(record, into);
                break;
            default:
                ReadGeneral(record, into);
                break;
        }
    }

    public static long CounterSum(ReadOnlySpan<byte> record)
    {
        Invariant.Check(VarInt.TryRead(record[CounterHeader..], out ulong sum) > 0);
        return VarInt.UnZigZag(sum);
    }

    private static byte Flags(bool counted, bool small) => (byte)((counted ? CountedFlag : 0) | (small ? SmallFlag : 0));

    private static bool TryWriteText(KeyState state, ByteWriter to)
    {
        ElementState text = state.Text;
        if (state.HasElements || text.HasRemains || !state.Seen.IsEmpty() || !state.ExpirySeen.IsEmpty())
            return false;
        if (text.Registers.Count == 1 && text.Deltas.Count == 0 && state.Expiries.Count == 0)
        {
            ref Register r = ref text.Registers[0];
            if (!state.Touch.IsOnly(r.Region, r.Hlc) || r.Own == Register.Covered || (r.Own == long.MaxValue && !state.Counted))
                return false;
            if (r.Own == long.MaxValue)
                WriteString(to, r.Region, r.Hlc, text.Value(0));
            else
                WriteExpiring(to, r.Region, r.Hlc, state.Counted, r.Own, text.Value(0));
            return true;
        }

        if (text.Registers.Count > 0 || text.Deltas.Count != 1 || state.Expiries.Count > 1 || !state.Counted)
            return false;
        ref Delta d = ref text.Deltas[0];
        bool created = state.Expiries.Count == 1;
        if (d.Sum.Kind != NumberKind.Integer || !state.Touch.IsOnly(d.Region, d.Last)
            || (created && (state.Expiries[0].Region != d.Region || state.Expiries[0].Ms != long.MaxValue)))
            return false;
        WriteCounter(to, d.Region, d.Last, d.Start, created ? state.Expiries[0].Hlc : 0, d.Sum.ToInt64(out _));
        return true;
    }

    private static bool TryWriteCollection(KeyState state, ByteWriter to)
    {
        if (state.LiveTypes != 1 || !state.Text.IsEmpty || state.Remains > 0 || state.ForeignDeltas > 0 || state.Expiries.Count > 1
            || !state.Seen.IsEmpty() || !state.ExpirySeen.IsEmpty() || state.Touch.Live() > TouchMax)
            return false;
        ElementType type = state.VisibleType;
        ExpiryRegister expiry = state.Expiries.Count == 1 ? state.Expiries[0] : default;
        WriteCollection(to, type, state.Version, state[type].Count, expiry, state.Counted, state.Small);
        for (int i = 0; i < state.Touch.Count; i++)
        {
            (byte region, ulong hlc) = state.Touch.At(i);
            if (hlc != 0)
                AddTouch(to, region, hlc);
        }

        return true;
    }

    private static void WriteGeneral(KeyState state, ByteWriter to)
    {
        to.WriteByte(General);
        to.WriteByte(Flags(state.Counted, state.Small));
        to.WriteVarInt(state.Version);
        state.Touch.WriteTo(to);
        state.Seen.WriteTo(to);
        state.ExpirySeen.WriteTo(to);
        to.WriteVarInt((ulong)state.Expiries.Count);
        for (int i = 0; i < state.Expiries.Count; i++)
        {
            ref ExpiryRegister e = ref state.Expiries[i];
            to.WriteByte(e.Region);
            to.WriteUInt64(e.Hlc);
            to.WriteVarInt(e.Ms == long.MaxValue ? 0 : (ulong)e.Ms);
        }

        to.WriteVarInt((ulong)state.ForeignDeltas);
        to.WriteVarInt((ulong)state.Remains);
        to.WriteVarInt((ulong)state.Residue);
        byte types = 0;
        for (ElementType t = ElementType.Hash; t <= ElementType.Stream; t++)
            types += state[t].Count > 0 ? (byte)1 : (byte)0;
        to.WriteByte(types);
        for (ElementType t = ElementType.Hash; t <= ElementType.Stream; t++)
        {
            ref TypeState s = ref state[t];
            if (s.Count == 0)
                continue;
            to.WriteByte((byte)t);
            to.WriteVarInt((ulong)s.Count);
            to.WriteUInt64(s.Newest.Hlc);
            to.WriteByte(s.Newest.Region);
            to.WriteByte(s.Exact ? (byte)1 : (byte)0);
        }

        ElementCodec.WriteBody(state.Text, to);
    }

    private static void ReadCounter(ReadOnlySpan<byte> record, KeyState into)
    {
        byte region = record[1];
        into.Counted = true;
        into.Touch[region] = U64(record, 2);
        into.Text.Deltas.Put(new Delta(region, U64(record, 2), U64(record, 10), Number.Of(CounterSum(record))));
        if (U64(record, 18) is var created and not 0)
            into.Expiries.Put(new ExpiryRegister(region, created, long.MaxValue));
    }

    private static void ReadCollection(ReadOnlySpan<byte> record, KeyState into)
    {
        into.Counted = (record[CollectionFlags] & CountedFlag) != 0;
        into.Small = (record[CollectionFlags] & SmallFlag) != 0;
        into.Version = U64(record, CollectionVersion);
        if (record[CollectionExpiryRegion] != 0)
            into.Expiries.Put(new ExpiryRegister(record[CollectionExpiryRegion], U64(record, CollectionExpiryHlc), (long)U64(record, CollectionExpiryMs)));
        Stamp newest = Stamp.None;
        for (int i = 0; i < record[CollectionTouch]; i++)
        {
            int at = CollectionHeader + (i * TouchLength);
            var touch = new Stamp(U64(record, at + 1), record[at]);
            into.Touch[touch.Region] = touch.Hlc;
            newest = touch > newest ? touch : newest;
        }

        ref TypeState type = ref into[(ElementType)record[1]];
        type.Count = (long)U64(record, CollectionCount);
        type.Newest = newest;
    }

    private static void ReadGeneral(ReadOnlySpan<byte> record, KeyState into)
    {
        Invariant.Check(record[0] == General);
        var reader = new ByteReader(record[1..]);
        byte flags = reader.ReadByte();
        into.Counted = (flags & CountedFlag) != 0;
        into.Small = (flags & SmallFlag) != 0;
        into.Version = reader.ReadVarInt();
        into.Touch.ReadFrom(ref reader);
        into.Seen.ReadFrom(ref reader);
        into.ExpirySeen.ReadFrom(ref reader);
        ulong expiries = reader.ReadVarInt();
        for (ulong i = 0; i < expiries && !reader.Failed; i++)
        {
            byte region = reader.ReadByte();
            ulong hlc = reader.ReadUInt64();
            ulong ms = reader.ReadVarInt();
            into.Expiries.Put(new ExpiryRegister(region, hlc, ms == 0 ? long.MaxValue : (long)ms));
        }

        into.ForeignDeltas = (long)reader.ReadVarInt();
        into.Remains = (long)reader.ReadVarInt();
        into.Residue = (long)reader.ReadVarInt();
        int types = reader.ReadByte();
        for (int i = 0; i < types && !reader.Failed; i++)
        {
            ref TypeState t = ref into[(ElementType)reader.ReadByte()];
            t.Count = (long)reader.ReadVarInt();
            ulong hlc = reader.ReadUInt64();
            t.Newest = new Stamp(hlc, reader.ReadByte());
            t.Exact = reader.ReadByte() != 0;
        }

        ElementCodec.ReadBody(ref reader, into.Text);
        Invariant.Check(!reader.Failed && reader.AtEnd);
    }
}
