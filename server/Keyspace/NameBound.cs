namespace MultiCloudKv.Server.Keyspace;

/// <summary>One end of a <see cref="NameRange"/>.</summary>
internal readonly ref struct NameBound
{
    private NameBound(ReadOnlySpan<byte> name, bool exclusive, bool below, bool above)
    {
        Name = name;
        IsExclusive = exclusive;
        IsBelow = below;
        IsAbove = above;
    }

    public ReadOnlySpan<byte> Name { get; }

    public bool IsExclusive { get; }

    /// <summary>"-": below every name.</summary>
    public bool IsBelow { get; }

    /// <summary>"+": above every name.</summary>
    public bool IsAbove { get; }

    public static bool TryParse(ReadOnlySpan<byte> text, out NameBound bound)
    {
        bound = default;
        if (text.IsEmpty)
            return false;
        switch (text[0])
        {
            case (byte)'[' or (byte)'(':
                bound = new NameBound(text[1..], exclusive: text[0] == (byte)'(', below: false, above: false);
                return true;
            case (byte)'-' or (byte)'+' when text.Length == 1:
                bound = new NameBound(default, exclusive: false, below: text[0] == (byte)'-', above: text[0] == (byte)'+');
                return true;
            default:
                return false;
        }
    }
}
