namespace MultiCloudKv.Resp;

/// <summary>
/// Splits a line into words: separated by blanks; in double quotes with \n \r \t \b \a \xHH and \c escapes; in single
/// quotes with \' only. A closing quote must be followed by a blank or the end.
/// </summary>
public static class InlineWords
{
    /// <summary>Writes the words' bytes to <paramref name="into"/> (at least as long as the line) and lists them. False: quotes do not balance.</summary>
    public static bool TrySplit(ReadOnlySpan<byte> line, byte[] into, ArgumentList words)
    {
        words.Clear(into);
        int at = 0;
        int to = 0;
        while (true)
        {
            while (at < line.Length && IsBlank(line[at]))
                at++;
            if (at == line.Length)
                return true;
            int wordStart = to;
            while (at < line.Length && !IsBlank(line[at]))
            {
                byte b = line[at++];
                if (b is (byte)'"' or (byte)'\'')
                {
                    if (!TryQuoted(line, ref at, b, into, ref to) || (at < line.Length && !IsBlank(line[at])))
                        return false;
                    break;
                }

                into[to++] = b;
            }

            words.Add(wordStart, to - wordStart);
        }
    }

    private static bool TryQuoted(ReadOnlySpan<byte> line, ref int at, byte quote, byte[] into, ref int to)
    {
        while (at < line.Length)
        {
            byte b = line[at++];
            if (b == quote)
                return true;
            if (b == (byte)'\\' && at < line.Length)
            {
                if (quote == (byte)'"')
                    b = Escaped(line, ref at);
                else if (line[at] == (byte)'\'')
                    b = line[at++];
            }

            into[to++] = b;
        }

        return false;
    }

    private static byte Escaped(ReadOnlySpan<byte> line, ref int at)
    {
        if (line[at] == (byte)'x' && at + 2 < line.Length && IsHex(line[at + 1]) && IsHex(line[at + 2]))
        {
            int value = (Hex(line[at + 1]) << 4) | Hex(line[at + 2]);
            at += 3;
            return (byte)value;
        }

        byte b = line[at++];
        return b switch
        {
            (byte)'n' => (byte)'\n',
            (byte)'r' => (byte)'\r',
            (byte)'t' => (byte)'\t',
            (byte)'b' => (byte)'\b',
            (byte)'a' => (byte)'\a',
            _ => b,
        };
    }

    private static bool IsBlank(byte b) => b is (byte)' ' or (>= 9 and <= 13) or 0;

    private static bool IsHex(byte b) => char.IsAsciiHexDigit((char)b);

    private static int Hex(byte b) => b <= '9' ? b - '0' : (b | 0x20) - 'a' + 10;
}
