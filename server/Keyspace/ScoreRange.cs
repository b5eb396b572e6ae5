using MultiCloudKv.Resp;

namespace MultiCloudKv.Server.Keyspace;

/// <summary>A range of scores; "(1.5" as a bound leaves 1.5 itself out.</summary>
internal readonly record struct ScoreRange(double Min, double Max, bool MinExclusive, bool MaxExclusive)
{
    public bool IsEmpty => Min > Max || (Min == Max && (MinExclusive || MaxExclusive));

    public bool Contains(double score) =>
        (MinExclusive ? score > Min : score >= Min) && (MaxExclusive ? score < Max : score <= Max);

    public static bool TryParse(ReadOnlySpan<byte> min, ReadOnlySpan<byte> max, out ScoreRange range)
    {
        bool read = TryParseBound(min, out double low, out bool lowExclusive) & TryParseBound(max, out double high, out bool highExclusive);
        range = new ScoreRange(low, high, lowExclusive, highExclusive);
        return read;
    }

    private static bool TryParseBound(ReadOnlySpan<byte> text, out double bound, out bool exclusive)
    {
        exclusive = !text.IsEmpty && text[0] == (byte)'(';
        if (exclusive)
            text = text[1..];
        bound = 0;
        return text.IsEmpty || RespNumbers.TryParseDouble(text, out bound);
    }
}
