using System.Text;

namespace MultiCloudKv.Resp;

/// <summary>
/// Reads commands from a client's bytes: arrays of bulk strings, or inline commands (a line of words, as typed into
/// telnet). It keeps its place in a command that has arrived in part, so that a command of a million arguments is not
/// read again from its beginning each time a packet comes.
/// </summary>
/// <remarks>
/// For one connection at a time, until a command of its is complete. Between two calls that return <see cref="ParseStatus.Incomplete"/> the owner may move the
/// bytes, as long as the command still begins at <c>start</c> and the bytes seen are the same.
/// </remarks>
public sealed class RequestParser
{
    private const int HeaderLineMax = 64 * 1024;
    private const int None = -1;

    private byte[] _inline = [];
    private int _position;
    private int _argumentsLeft = None;
    private long _bulkLength = None;
    private int _start;

    /// <summary>The arguments of the command that was read last.</summary>
    public ArgumentList Arguments { get; } = new();

    /// <summary>The bytes of the whole request so far: at least this many must be there before another call can make progress.</summary>
    public long BytesWanted { get; private set; }

    /// <summary>Text of the answer to a malformed request, without "-" and line end.</summary>
    public string Error { get; private set; } = "";

    /// <summary>
    /// Reads one command that begins at <paramref name="start"/>. <paramref name="consumed"/> is its length when it is complete, otherwise 0.
    /// </summary>
    /// <param name="authenticated">False applies the much smaller limits for a client that has not shown the password yet.</param>
    public ParseStatus Parse(byte[] buffer, int start, int length, RequestLimits limits, bool authenticated, out int consumed)
    {
        consumed = 0;
        if (length == 0)
            return ParseStatus.Incomplete;
        ReadOnlySpan<byte> data = new(buffer, start, length);
        ParseStatus status = data[0] == (byte)'*' ? ParseArray(buffer, start, data, limits, authenticated) : ParseInline(data);
        if (status == ParseStatus.Complete)
        {
            consumed = _position;
            _position = 0;
            _argumentsLeft = None;
            _bulkLength = None;
            BytesWanted = 0;
        }

        return status;
    }

    private ParseStatus ParseArray(byte[] buffer, int start, ReadOnlySpan<byte> data, RequestLimits limits, bool authenticated)
    {
        if (_argumentsLeft == None)
        {
            ParseStatus header = ReadLength(data, 1, "too big mbulk count string", out long count, out int next);
            if (header != ParseStatus.Complete)
                return header == ParseStatus.Malformed && Error.Length == 0 ? Malformed("invalid multibulk length") : header;
            if (count > limits.ArgumentsMax)
                return Malformed("invalid multibulk length");
            if (!authenticated && count > RequestLimits.UnauthenticatedArgumentsMax)
                return Malformed("unauthenticated multibulk length");
            Arguments.Clear(buffer);
            _start = start;
            _position = next;
            _argumentsLeft = (int)Math.Max(count, 0);
        }
        else
        {
            Arguments.Rebase(buffer, start - _start);
            _start = start;
        }

        while (_argumentsLeft > 0)
        {
            if (_bulkLength == None)
            {
                if (_position >= data.Length)
                    return Wait(_position + 1);
                if (data[_position] != (byte)'$')
                    return Malformed($"expected '$', got '{Printable(data[_position])}'");
                ParseStatus header = ReadLength(data, _position + 1, "too big bulk count string", out long bulk, out int next);
                if (header == ParseStatus.Incomplete)
                    return header;
                if (header == ParseStatus.Malformed)
                    return Error.Length == 0 ? Malformed("invalid bulk length") : header;
                if (bulk < 0 || bulk > limits.BulkBytesMax || next + bulk > RequestLimits.RequestBytesMax)
                    return Malformed("invalid bulk length");
                if (!authenticated && bulk > RequestLimits.UnauthenticatedBulkBytesMax)
                    return Malformed("unauthenticated bulk length");
                _bulkLength = bulk;
                _position = next;
            }

            if (data.Length - _position < _bulkLength + 2)
                return Wait(_position + _bulkLength + 2);
            Arguments.Add(start + _position, (int)_bulkLength);
            _position += (int)_bulkLength + 2;
            _bulkLength = None;
            _argumentsLeft--;
        }

        return ParseStatus.Complete;
    }

    /// <summary>A decimal number and a line end. Malformed without an error text: the number is none.</summary>
    private ParseStatus ReadLength(ReadOnlySpan<byte> data, int at, string tooLong, out long value, out int next)
    {
        value = 0;
        next = 0;
        Error = "";

        // Nearly all lengths have one to three digits.
        int i = at;
        int limit = Math.Min(data.Length, at + 9);
        int small = 0;
        while (i < limit && (uint)(data[i] - '0') <= 9)
            small = (small * 10) + (data[i++] - '0');
        if (i > at && i + 1 < data.Length && data[i] == (byte)'\r' && (data[at] != (byte)'0' || i == at + 1))
        {
            value = small;
            next = i + 2;
            return ParseStatus.Complete;
        }

        int end = data[at..].IndexOf((byte)'\r');
        if (end < 0)
        {
            if (data.Length - at > HeaderLineMax)
                return Malformed(tooLong);
            return Wait(data.Length + 1);
        }

        if (at + end + 1 >= data.Length)
            return Wait(at + end + 2);
        if (!RespNumbers.TryParseInt64(data.Slice(at, end), out value))
            return ParseStatus.Malformed;
        next = at + end + 2;
        return ParseStatus.Complete;
    }

    private ParseStatus ParseInline(ReadOnlySpan<byte> data)
    {
        int newline = data.IndexOf((byte)'\n');
        if (newline < 0)
            return data.Length > RequestLimits.InlineBytesMax ? Malformed("too big inline request") : Wait(data.Length + 1);
        if (newline > RequestLimits.InlineBytesMax)
            return Malformed("too big inline request");
        ReadOnlySpan<byte> line = data[..newline];
        if (line.Length > 0 && line[^1] == (byte)'\r')
            line = line[..^1];
        if (_inline.Length < line.Length)
            _inline = new byte[line.Length];
        if (!InlineWords.TrySplit(line, _inline, Arguments))
            return Malformed("unbalanced quotes in request");
        _position = newline + 1;
        return ParseStatus.Complete;
    }

    private ParseStatus Wait(long bytes)
    {
        BytesWanted = bytes;
        return ParseStatus.Incomplete;
    }

    private ParseStatus Malformed(string what)
    {
        Error = "ERR Protocol error: " + what;
        return ParseStatus.Malformed;
    }

    private static string Printable(byte b) => b is >= 0x20 and < 0x7f ? Encoding.ASCII.GetString([b]) : $"\\x{b:x2}";
}
