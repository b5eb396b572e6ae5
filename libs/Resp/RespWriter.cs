using System.Buffers.Text;
using System.Text;

namespace MultiCloudKv.Resp;

/// <summary>
/// Writes replies in RESP2 or RESP3 into a buffer of its own. A reply can be taken back as long as it has not been sent
/// (<see cref="Mark"/>, <see cref="Truncate"/>), and an array's length may be told after its elements
/// (<see cref="BeginDeferred"/>): both need the bytes in one piece, which is why it does not write to a pipe.
/// </summary>
/// <remarks>Not thread-safe; reused. The owner sends <see cref="Written"/> and calls <see cref="Clear"/>.</remarks>
public sealed class RespWriter
{
    /// <summary>A reply may not be larger than this: the handler is stopped and the client told so.</summary>
    public const int ReplyBytesMax = 1 << 30;

    private const int KeptBytes = 64 * 1024;
    private const int NumberBytesMax = 32;

    private byte[] _buffer;
    private int _length;

    public RespWriter(int capacity = 4096) => _buffer = GC.AllocateUninitializedArray<byte>(capacity);

    /// <summary>2 or 3: chosen by HELLO.</summary>
    public int Protocol { get; set; } = 2;

    public bool IsResp3 => Protocol == 3;

    public int Length => _length;

    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    public ReadOnlyMemory<byte> WrittenMemory => _buffer.AsMemory(0, _length);

    public int Mark() => _length;

    /// <summary>Whether what was written since <paramref name="mark"/> is an error.</summary>
    public bool IsErrorAt(int mark) => _length > mark && _buffer[mark] == (byte)'-';

    /// <summary>Takes back everything written since <paramref name="mark"/>.</summary>
    public void Truncate(int mark)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)mark, (uint)_length);
        _length = mark;
    }

    /// <summary>Everything has been sent; gives back what one large reply made it grow to.</summary>
    public void Clear()
    {
        _length = 0;
        if (_buffer.Length > KeptBytes)
            _buffer = GC.AllocateUninitializedArray<byte>(KeptBytes);
    }

    public void Ok() => Raw("+OK\r\n"u8);

    public void SimpleString(ReadOnlySpan<byte> text)
    {
        Span<byte> to = Reserve(text.Length + 3);
        to[0] = (byte)'+';
        text.CopyTo(to[1..]);
        LineEnd(to[(text.Length + 1)..]);
    }

    /// <summary>An error by its whole text, which begins with its code ("ERR …"). Line ends in it become blanks.</summary>
    public void Error(ReadOnlySpan<byte> text)
    {
        Span<byte> to = Reserve(text.Length + 3);
        to[0] = (byte)'-';
        text.CopyTo(to[1..]);
        LineEnd(to[(text.Length + 1)..]);
        Span<byte> body = to.Slice(1, text.Length);
        body.Replace((byte)'\r', (byte)' ');
        body.Replace((byte)'\n', (byte)' ');
    }

    public void Error(string text) => Error(Encoding.UTF8.GetBytes(text));

    public void Integer(long value)
    {
        if ((ulong)value <= 9)
        {
            Span<byte> to = Reserve(4);
            to[3] = (byte)'\n';
            to[2] = (byte)'\r';
            to[1] = (byte)('0' + value);
            to[0] = (byte)':';
            return;
        }

        Header((byte)':', value);
    }

    public void Bulk(ReadOnlySpan<byte> value)
    {
        Ensure(value.Length + NumberBytesMax);
        Header((byte)'$', value.Length);
        Span<byte> to = Reserve(value.Length + 2);
        value.CopyTo(to);
        LineEnd(to[value.Length..]);
    }

    public void Bulk(string value) => Bulk(Encoding.UTF8.GetBytes(value));

    /// <summary>An integer as a bulk string.</summary>
    public void BulkInteger(long value)
    {
        Span<byte> digits = stackalloc byte[NumberBytesMax];
        Utf8Formatter.TryFormat(value, digits, out int length);
        Bulk(digits[..length]);
    }

    /// <summary>No value: the null bulk string of RESP2.</summary>
    public void Null() => Raw(IsResp3 ? "_\r\n"u8 : "$-1\r\n"u8);

    /// <summary>No value where an array was expected.</summary>
    public void NullArray() => Raw(IsResp3 ? "_\r\n"u8 : "*-1\r\n"u8);

    public void EmptyArray() => Raw("*0\r\n"u8);

    public void ArrayHeader(int count) => Header((byte)'*', count);

    /// <summary>A map of so many pairs; RESP2: an array of twice as many elements.</summary>
    public void MapHeader(int pairs)
    {
        if (IsResp3)
            Header((byte)'%', pairs);
        else
            Header((byte)'*', pairs * 2L);
    }

    public void SetHeader(int count) => Header(IsResp3 ? (byte)'~' : (byte)'*', count);

    public void PushHeader(int count) => Header(IsResp3 ? (byte)'>' : (byte)'*', count);

    /// <summary>A double; RESP2: a bulk string with the same digits (17 significant ones, as Redis 7.0 writes them).</summary>
    public void Double(double value)
    {
        Span<byte> digits = stackalloc byte[RespNumbers.DoubleBytesMax];
        int length = RespNumbers.FormatDouble(value, digits);
        if (!IsResp3)
        {
            Bulk(digits[..length]);
            return;
        }

        Raw(","u8);
        Raw(digits[..length]);
        Raw("\r\n"u8);
    }

    public void Bool(bool value)
    {
        if (IsResp3)
            Raw(value ? "#t\r\n"u8 : "#f\r\n"u8);
        else
            Integer(value ? 1 : 0);
    }

    /// <summary>An integer beyond 64 bits, by its digits.</summary>
    public void BigNumber(ReadOnlySpan<byte> digits)
    {
        if (!IsResp3)
        {
            Bulk(digits);
            return;
        }

        Raw("("u8);
        Raw(digits);
        Raw("\r\n"u8);
    }

    /// <summary>Text for people, with a three-letter format ("txt"); RESP2: a bulk string.</summary>
    public void Verbatim(ReadOnlySpan<byte> format, ReadOnlySpan<byte> text)
    {
        if (!IsResp3)
        {
            Bulk(text);
            return;
        }

        Header((byte)'=', text.Length + 4L);
        Raw(format[..3]);
        Raw(":"u8);
        Raw(text);
        Raw("\r\n"u8);
    }

    /// <summary>Begins an array, set or map whose length is told by <see cref="EndArray"/>, <see cref="EndSet"/> or <see cref="EndMap"/>.</summary>
    public int BeginDeferred() => _length;

    public void EndArray(int mark, int count) => InsertHeader(mark, (byte)'*', count);

    public void EndSet(int mark, int count) => InsertHeader(mark, IsResp3 ? (byte)'~' : (byte)'*', count);

    public void EndMap(int mark, int pairs) => InsertHeader(mark, IsResp3 ? (byte)'%' : (byte)'*', IsResp3 ? pairs : pairs * 2L);

    /// <summary>Bytes that are a reply, or a part of one, already.</summary>
    public void Raw(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Reserve(bytes.Length));

    private static void LineEnd(Span<byte> to)
    {
        to[1] = (byte)'\n';
        to[0] = (byte)'\r';
    }

    private void Header(byte type, long value)
    {
        Ensure(NumberBytesMax);
        Span<byte> to = _buffer.AsSpan(_length);
        to[0] = type;
        int digits;
        if ((ulong)value <= 9)
        {
            to[1] = (byte)('0' + value);
            digits = 1;
        }
        else
        {
            Utf8Formatter.TryFormat(value, to[1..], out digits);
        }

        LineEnd(to[(digits + 1)..]);
        _length += digits + 3;
    }

    private void InsertHeader(int mark, byte type, long value)
    {
        int end = _length;
        Header(type, value);
        int header = _length - end;
        Span<byte> copy = stackalloc byte[NumberBytesMax];
        _buffer.AsSpan(end, header).CopyTo(copy);
        _buffer.AsSpan(mark, end - mark).CopyTo(_buffer.AsSpan(mark + header));
        copy[..header].CopyTo(_buffer.AsSpan(mark));
    }

    private Span<byte> Reserve(int count)
    {
        Ensure(count);
        Span<byte> room = _buffer.AsSpan(_length, count);
        _length += count;
        return room;
    }

    private void Ensure(int count)
    {
        if (_buffer.Length - _length < count)
            Grow(count);
    }

    private void Grow(int count)
    {
        long wanted = (long)_length + count;
        if (wanted > ReplyBytesMax)
            throw new ReplyTooLargeException();
        byte[] larger = GC.AllocateUninitializedArray<byte>((int)Math.Min(Math.Max(wanted, _buffer.Length * 2L), ReplyBytesMax));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        _buffer = larger;
    }
}
