namespace MultiCloudKv.Resp;

/// <summary>
/// Reads replies, one frame at a time: a scalar with its bytes, or the header of an aggregate with the number of frames
/// that follow it (twice the pairs for a map). Clients, load tool and tests use it; it knows nothing above the wire.
/// </summary>
public ref struct RespReader
{
    private readonly ReadOnlySpan<byte> _data;
    private int _position;

    public RespReader(ReadOnlySpan<byte> data)
    {
        _data = data;
        _position = 0;
    }

    /// <summary>Bytes read in whole frames so far.</summary>
    public readonly int Position => _position;

    public RespType Type { get; private set; }

    /// <summary>The bytes of a scalar, without framing; a verbatim string keeps its format prefix.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>Frames that belong to an aggregate; -1 for a null, 0 otherwise.</summary>
    public int Children { get; private set; }

    public readonly bool IsAggregate => Type is RespType.Array or RespType.Map or RespType.Set or RespType.Push or RespType.Attribute;

    /// <summary>Reads the next frame. False: it has not arrived as a whole, and nothing has changed.</summary>
    /// <exception cref="FormatException">Not RESP.</exception>
    public bool TryReadFrame()
    {
        ReadOnlySpan<byte> rest = _data[_position..];
        int end = rest.IndexOf("\r\n"u8);
        if (end < 1)
            return end == 0 ? throw new FormatException("an empty line where a reply was expected") : false;
        var type = (RespType)rest[0];
        ReadOnlySpan<byte> line = rest[1..end];
        int next = end + 2;
        int children = 0;
        switch (type)
        {
            case RespType.SimpleString or RespType.Error or RespType.Integer or RespType.Double or RespType.Bool or RespType.BigNumber or RespType.Null:
                break;
            case RespType.Bulk or RespType.BlobError or RespType.Verbatim:
                int length = Length(line);
                if (length < 0)
                {
                    type = RespType.Null;
                    line = default;
                    break;
                }

                if (rest.Length < next + length + 2)
                    return false;
                line = rest.Slice(next, length);
                next += length + 2;
                break;
            case RespType.Array or RespType.Set or RespType.Push or RespType.Map or RespType.Attribute:
                children = Length(line);
                line = default;
                if (children < 0)
                    type = RespType.Null;
                else if (type is RespType.Map or RespType.Attribute)
                    children *= 2;
                break;
            default:
                throw new FormatException($"a reply begins with byte {rest[0]:x2}");
        }

        Type = type;
        Value = line;
        Children = children;
        _position += next;
        return true;
    }

    /// <summary>Passes one whole reply, with everything inside it. False: it has not arrived as a whole, and nothing has changed.</summary>
    public bool TrySkipReply()
    {
        int start = _position;
        long left = 1;
        while (left > 0)
        {
            if (!TryReadFrame())
            {
                _position = start;
                return false;
            }

            // An attribute stands before a reply and does not count as one.
            left += Math.Max(Children, 0) - (Type == RespType.Attribute ? 0 : 1);
        }

        return true;
    }

    private static int Length(ReadOnlySpan<byte> line) =>
        RespNumbers.TryParseInt64(line, out long value) && value is >= -1 and <= int.MaxValue ? (int)value : throw new FormatException("a length is not a number");
}
