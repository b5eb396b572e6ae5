namespace MultiCloudKv.Resp;

/// <summary>
/// Glob patterns as KEYS and SCAN take them: * ? [abc] [^a] [a-z] and \ to take a character as it is. Bytes, not
/// characters. At a mismatch only the last * is tried again, so the time is at most pattern times text.
/// </summary>
public static class GlobPattern
{
    public static bool IsMatch(ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> text, bool ignoreCase = false)
    {
        int p = 0;
        int t = 0;
        int starPattern = -1;
        int starText = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == (byte)'*')
            {
                starPattern = ++p;
                starText = t;
                continue;
            }

            int next = p;
            if (p < pattern.Length && MatchesOne(pattern, ref next, text[t], ignoreCase))
            {
                p = next;
                t++;
                continue;
            }

            if (starPattern < 0)
                return false;
            p = starPattern;
            t = ++starText;
        }

        while (p < pattern.Length && pattern[p] == (byte)'*')
            p++;
        return p == pattern.Length;
    }

    /// <summary>True when the pattern matches everything.</summary>
    public static bool IsAll(ReadOnlySpan<byte> pattern) => pattern.Length == 1 && pattern[0] == (byte)'*';

    private static bool MatchesOne(ReadOnlySpan<byte> pattern, ref int p, byte b, bool ignoreCase)
    {
        byte c = pattern[p++];
        switch (c)
        {
            case (byte)'?':
                return true;
            case (byte)'[':
                return MatchesClass(pattern, ref p, b, ignoreCase);
            case (byte)'\\' when p < pattern.Length:
                c = pattern[p++];
                break;
        }

        return Fold(c, ignoreCase) == Fold(b, ignoreCase);
    }

    /// <summary>A class that is not closed ends with the pattern.</summary>
    private static bool MatchesClass(ReadOnlySpan<byte> pattern, ref int p, byte b, bool ignoreCase)
    {
        bool negated = p < pattern.Length && pattern[p] == (byte)'^';
        if (negated)
            p++;
        bool found = false;
        byte folded = Fold(b, ignoreCase);
        while (p < pattern.Length && pattern[p] != (byte)']')
        {
            if (pattern[p] == (byte)'\\' && p + 1 < pattern.Length)
            {
                p++;
                found |= pattern[p++] == b;
            }
            else if (p + 2 < pattern.Length && pattern[p + 1] == (byte)'-')
            {
                byte low = Fold(pattern[p], ignoreCase);
                byte high = Fold(pattern[p + 2], ignoreCase);
                p += 3;
                found |= folded >= Math.Min(low, high) && folded <= Math.Max(low, high);
            }
            else
            {
                found |= Fold(pattern[p++], ignoreCase) == folded;
            }
        }

        if (p < pattern.Length)
            p++;
        return found != negated;
    }

    private static byte Fold(byte b, bool ignoreCase) => ignoreCase && (uint)(b - 'A') <= 'Z' - 'A' ? (byte)(b | 0x20) : b;
}
