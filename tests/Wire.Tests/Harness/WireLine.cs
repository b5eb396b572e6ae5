using System.Globalization;
using System.Text;

namespace MultiCloudKv.Wire.Tests.Harness;

/// <summary>
/// A command as a line of text: words apart by blanks; a word with blanks or other bytes stands in double quotes with
/// \xHH, \n, \r, \t, \\ and \" escapes, as redis-cli reads and shows it.
/// </summary>
public static class WireLine
{
    public static List<byte[]> Words(string line)
    {
        var words = new List<byte[]>();
        int at = 0;
        while (true)
        {
            while (at < line.Length && line[at] == ' ')
                at++;
            if (at == line.Length)
                return words;
            words.Add(line[at] == '"' ? Quoted(line, ref at) : Bare(line, ref at));
        }
    }

    public static void Quote(StringBuilder text, ReadOnlySpan<byte> bytes)
    {
        text.Append('"');
        foreach (byte b in bytes)
        {
            switch (b)
            {
                case (byte)'"' or (byte)'\\':
                    text.Append('\\').Append((char)b);
                    break;
                case (byte)'\n':
                    text.Append("\\n");
                    break;
                case (byte)'\r':
                    text.Append("\\r");
                    break;
                case (byte)'\t':
                    text.Append("\\t");
                    break;
                case < 32 or > 126:
                    text.Append(CultureInfo.InvariantCulture, $"\\x{b:x2}");
                    break;
                default:
                    text.Append((char)b);
                    break;
            }
        }

        text.Append('"');
    }

    private static byte[] Bare(string line, ref int at)
    {
        int start = at;
        while (at < line.Length && line[at] != ' ')
            at++;
        return Encoding.UTF8.GetBytes(line[start..at]);
    }

    private static byte[] Quoted(string line, ref int at)
    {
        var bytes = new List<byte>();
        for (at++; line[at] != '"'; at++)
        {
            if (line[at] != '\\')
            {
                bytes.AddRange(Encoding.UTF8.GetBytes(line[at..(at + 1)]));
                continue;
            }

            at++;
            bytes.Add(line[at] switch
            {
                'n' => (byte)'\n',
                'r' => (byte)'\r',
                't' => (byte)'\t',
                'x' => Hex(line, ref at),
                char c => (byte)c,
            });
        }

        at++;
        return [.. bytes];
    }

    private static byte Hex(string line, ref int at)
    {
        at += 2;
        return byte.Parse(line.AsSpan(at - 1, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }
}
