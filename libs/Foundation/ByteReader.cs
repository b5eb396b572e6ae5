using System.Buffers.Binary;

namespace MultiCloudKv.Foundation;

/// <summary>
/// Reads what <see cref="ByteWriter"/> wrote. A read past the end or of a malformed integer sets <see cref="Failed"/>
/// and yields zero or an empty span from then on: the caller checks once, at the end.
/// </summary>
public ref struct ByteReader
{
    private readonly ReadOnlySpan<byte> _data;
    private int _position;

    public ByteReader(ReadOnlySpan<byte> data)
    {
        _data = data;
        _position = 0;
        Failed = false;
    }

    public bool Failed { get; private set; }

    public readonly int Position => _position;

    public readonly int Remaining => _data.Length - _position;

    public readonly bool AtEnd => _position >= _data.Length;

    public readonly ReadOnlySpan<byte> Rest => _data[_position..];

    public byte ReadByte()
    {
        ReadOnlySpan<byte> s = Take(1);
        return s.IsEmpty ? (byte)0 : s[0];
    }

    public ushort ReadUInt16()
    {
        ReadOnlySpan<byte> s = Take(2);
        return s.IsEmpty ? (ushort)0 : BinaryPrimitives.ReadUInt16LittleEndian(s);
    }

    public uint ReadUInt32()
    {
        ReadOnlySpan<byte> s = Take(4);
        return s.IsEmpty ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(s);
    }

    public ulong ReadUInt64()
    {
        ReadOnlySpan<byte> s = Take(8);
        return s.IsEmpty ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(s);
    }

    public long ReadInt64() => (long)ReadUInt64();

    public ulong ReadVarInt()
    {
        int n = VarInt.TryRead(_data[_position..], out ulong value);
        if (n == 0)
        {
            Fail();
            return 0;
        }

        _position += n;
        return value;
    }

    /// <summary>A byte string with its length before it; refuses a length beyond what is left.</summary>
    public ReadOnlySpan<byte> ReadBytes()
    {
        ulong length = ReadVarInt();
        if (length > (ulong)Remaining)
        {
            Fail();
            return default;
        }

        return Take((int)length);
    }

    public ReadOnlySpan<byte> Take(int count)
    {
        if ((uint)count > (uint)Remaining)
        {
            Fail();
            return default;
        }

        ReadOnlySpan<byte> s = _data.Slice(_position, count);
        _position += count;
        return s;
    }

    private void Fail()
    {
        Failed = true;
        _position = _data.Length;
    }
}
