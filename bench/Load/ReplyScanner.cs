using System.Text;

namespace MultiCloudKv.Load;

/// <summary>
/// Counts complete RESP replies in a stream without building them. A nested reply is one: every aggregate header adds its
/// elements to what is still owed, every scalar pays one. Keeps its place between calls.
/// </summary>
internal sealed class ReplyScanner
{
    private long _owed = 1;
    private int _skip;

    public long Errors { get; private set; }

    public string? FirstError { get; private set; }

    /// <summary>Nulls among the replies: a GET that found nothing.</summary>
    public long Nulls { get; private set; }

    /// <summary>Counts top-level replies that end in <paramref name="data"/>; <paramref name="used"/> bytes need not be shown again.</summary>
    public int Scan(ReadOnlySpan<byte> data, out int used)
    {
        int at = 0, complete = 0;
        while (true)
        {
            if (_skip > 0)
            {
                int step = Math.Min(_skip, data.Length - at);
                at += step;
                _skip -= step;
                if (_skip > 0)
                    break;
                complete += Pay();
            }

            int length = data[at..].IndexOf((byte)'\n');
            if (length < 0)
                break;
            ReadOnlySpan<byte> line = data.Slice(at, length - 1);
            at += length + 1;
            complete += Header(line);
        }

        used = at;
        return complete;
    }

    private int Header(ReadOnlySpan<byte> line)
    {
        switch (line[0])
        {
            case (byte)'$':
            case (byte)'=':
                int size = Number(line[1..]);
                if (size >= 0)
                {
                    _skip = size + 2;
                    return 0;
                }

                Nulls++;
                return Pay();
            case (byte)'*':
            case (byte)'~':
            case (byte)'>':
                _owed += Math.Max(Number(line[1..]), 0);
                return Pay();
            case (byte)'%':
                _owed += 2 * Number(line[1..]);
                return Pay();
            case (byte)'-':
                Errors++;
                FirstError ??= Encoding.UTF8.GetString(line);
                return Pay();
            case (byte)'_':
                Nulls++;
                return Pay();
            default:
                return Pay();
        }
    }

    private int Pay()
    {
        if (--_owed > 0)
            return 0;
        _owed = 1;
        return 1;
    }

    private static int Number(ReadOnlySpan<byte> digits)
    {
        if (digits[0] == '-')
            return -1;
        int value = 0;
        foreach (byte digit in digits)
            value = (value * 10) + (digit - '0');
        return value;
    }
}
