using System.Buffers.Binary;

namespace MultiCloudKv.Foundation;

/// <summary>
/// A growing byte buffer that is reused: fixed-width integers little-endian, variable ones by <see cref="VarInt"/>,
/// byte strings with their length before them.
/// </summary>
/// <remarks>Not thread-safe; owned by one transaction, connection or pipeline.</remarks>
public sealed class ByteWriter
{
    private const int LengthMax = 0x7fff_ffc7;
    private byte[] _buffer;

    public ByteWriter(int capacity = 256) => _buffer = GC.AllocateUninitializedArray<byte>(Math.Max(capacity, 16));

    public int Length { get; private set; }

    public int Capacity => _buffer.Length;

    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, Length);

    public ReadOnlyMemory<byte> WrittenMemory => _buffer.AsMemory(0, Length);

    /// <summary>The written bytes, to be patched in place.</summary>
    public Span<byte> Patch(int offset, int length) => _buffer.AsSpan(0, Length).Slice(offset, length);

    public void Clear() => Length = 0;

    /// <summary>Drops everything after <paramref name="length"/>.</summary>
    public void Truncate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)Length);
        Length = length;
    }

    /// <summary>Gives back a buffer that one large use has grown.</summary>
    public void Trim(int capacityMax)
    {
        if (Length == 0 && _buffer.Length > capacityMax)
            _buffer = GC.AllocateUninitializedArray<byte>(capacityMax);
    }

    /// <summary>Room for <paramref name="count"/> bytes, counted as written.</summary>
    public Span<byte> Reserve(int count)
    {
        Ensure(count);
        Span<byte> room = _buffer.AsSpan(Length, count);
        Length += count;
        return room;
    }

    public void WriteByte(byte value)
    {
        Ensure(1);
        _buffer[Length++] = value;
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        Ensure(bytes.Length);
        bytes.CopyTo(_buffer.AsSpan(Length));
        Length += bytes.Length;
    }

    public void WriteUInt16(ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(Reserve(2), value);

    public void WriteUInt32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Reserve(4), value);

    public void WriteUInt64(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Reserve(8), value);

    public void WriteInt64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Reserve(8), value);

    public void WriteVarInt(ulong value)
    {
        Ensure(VarInt.MaxLength);
        Length += VarInt.Write(_buffer.AsSpan(Length), value);
    }

    /// <summary>Length as a variable integer, then the bytes.</summary>
    public void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        WriteVarInt((ulong)bytes.Length);
        Write(bytes);
    }

    private void Ensure(int count)
    {
        if (_buffer.Length - Length < count)
            Grow(count);
    }

    private void Grow(int count)
    {
        long wanted = Math.Max((long)_buffer.Length * 2, (long)Length + count);
        if ((long)Length + count > LengthMax)
            throw new InvariantException($"a buffer of more than {LengthMax} bytes is asked for");
        byte[] larger = GC.AllocateUninitializedArray<byte>((int)Math.Min(wanted, LengthMax));
        _buffer.AsSpan(0, Length).CopyTo(larger);
        _buffer = larger;
    }
}
