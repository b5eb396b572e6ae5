using System.Buffers.Binary;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Merge.State;

/// <summary>
/// Encoding of an element record. The first byte says which form; a form never changes, a new one gets a new byte.
/// <code>
/// 1  plain    region u8 | hlc u64 | value to the end                    one register without expiry, nothing else
/// 16 general  register count varint, each region u8 | hlc u64 | own varint (0 never, 1 covered, else ms) | value bytes
///             delta count varint,    each region u8 | last u64 | start u64 | sum number
///             floor count varint,    each region u8 | hlc u64 | sum number | by region u8 | by hlc u64
///             seen vector
/// </code>
/// </summary>
internal static class ElementCodec
{
    public const byte Plain = 1;
    public const byte General = 16;

    /// <summary>Bytes before the value of a plain record.</summary>
    public const int PlainHeader = 10;

    public static bool IsPlain(ReadOnlySpan<byte> record) => record[0] == Plain;

    public static byte PlainRegion(ReadOnlySpan<byte> record) => record[1];

    public static ulong PlainHlc(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadUInt64LittleEndian(record[2..]);

    public static ReadOnlySpan<byte> PlainValue(ReadOnlySpan<byte> record) => record[PlainHeader..];

    public static void WritePlain(ByteWriter to, byte region, ulong hlc, ReadOnlySpan<byte> value)
    {
        Span<byte> record = to.Reserve(PlainHeader + value.Length);
        record[0] = Plain;
        record[1] = region;
        BinaryPrimitives.WriteUInt64LittleEndian(record[2..], hlc);
        value.CopyTo(record[PlainHeader..]);
    }

    public static void Write(ElementState state, ByteWriter to)
    {
        if (state.Registers.Count == 1 && state.Deltas.Count == 0 && !state.HasRemains && state.Registers[0].Own == long.MaxValue)
        {
            WritePlain(to, state.Registers[0].Region, state.Registers[0].Hlc, state.Value(0));
            return;
        }

        to.WriteByte(General);
        WriteBody(state, to);
    }

    /// <summary>Reads a record into a state that it replaces.</summary>
    public static void Read(ReadOnlySpan<byte> record, ElementState into)
    {
        into.Clear();
        if (record[0] == Plain)
        {
            into.PutRegister(PlainRegion(record), PlainHlc(record), long.MaxValue, PlainValue(record));
            return;
        }

        Invariant.Check(record[0] == General);
        var reader = new ByteReader(record[1..]);
        ReadBody(ref reader, into);
        Invariant.Check(!reader.Failed && reader.AtEnd);
    }

    public static void WriteBody(ElementState state, ByteWriter to)
    {
        to.WriteVarInt((ulong)state.Registers.Count);
        for (int i = 0; i < state.Registers.Count; i++)
        {
            ref Register r = ref state.Registers[i];
            to.WriteByte(r.Region);
            to.WriteUInt64(r.Hlc);
            to.WriteVarInt(r.Own switch { long.MaxValue => 0, Register.Covered => 1, _ => (ulong)r.Own });
            to.WriteBytes(state.Value(i));
        }

        to.WriteVarInt((ulong)state.Deltas.Count);
        for (int i = 0; i < state.Deltas.Count; i++)
        {
            ref Delta d = ref state.Deltas[i];
            to.WriteByte(d.Region);
            to.WriteUInt64(d.Last);
            to.WriteUInt64(d.Start);
            d.Sum.WriteTo(to);
        }

        to.WriteVarInt((ulong)state.Floors.Count);
        for (int i = 0; i < state.Floors.Count; i++)
        {
            ref Floor f = ref state.Floors[i];
            to.WriteByte(f.Region);
            to.WriteUInt64(f.Hlc);
            f.Sum.WriteTo(to);
            to.WriteByte(f.By);
            to.WriteUInt64(f.ByHlc);
        }

        state.Seen.WriteTo(to);
    }

    public static void ReadBody(ref ByteReader from, ElementState into)
    {
        ulong registers = from.ReadVarInt();
        for (ulong i = 0; i < registers && !from.Failed; i++)
        {
            byte region = from.ReadByte();
            ulong hlc = from.ReadUInt64();
            ulong own = from.ReadVarInt();
            into.PutRegister(region, hlc, own switch { 0 => long.MaxValue, 1 => Register.Covered, _ => (long)own }, from.ReadBytes());
        }

        ulong deltas = from.ReadVarInt();
        for (ulong i = 0; i < deltas && !from.Failed; i++)
        {
            byte region = from.ReadByte();
            ulong last = from.ReadUInt64();
            ulong start = from.ReadUInt64();
            Invariant.Check(Number.TryRead(ref from, out Number sum));
            into.Deltas.Put(new Delta(region, last, start, sum));
        }

        ulong floors = from.ReadVarInt();
        for (ulong i = 0; i < floors && !from.Failed; i++)
        {
            byte region = from.ReadByte();
            ulong hlc = from.ReadUInt64();
            Invariant.Check(Number.TryRead(ref from, out Number sum));
            byte by = from.ReadByte();
            into.Floors.Put(new Floor(region, hlc, sum, by, from.ReadUInt64()));
        }

        into.Seen.ReadFrom(ref from);
    }
}
