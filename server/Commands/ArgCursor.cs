using MultiCloudKv.Resp;

namespace MultiCloudKv.Server.Commands;

/// <summary>
/// Goes through a command's options, so that parsing reads as the grammar:
/// <code>
/// while (!options.AtEnd)
/// {
///     if (options.Take("NX"u8)) …
///     else if (options.Take("EX"u8) &amp;&amp; options.TryNext(out ReadOnlySpan&lt;byte&gt; seconds)) …
///     else return ctx.SyntaxError();
/// }
/// </code>
/// </summary>
internal ref struct ArgCursor
{
    private readonly ArgumentList _args;

    public ArgCursor(ArgumentList args, int index)
    {
        _args = args;
        Index = index;
    }

    /// <summary>Index of the next argument.</summary>
    public int Index { get; private set; }

    public readonly bool AtEnd => Index >= _args.Count;

    public readonly int Remaining => _args.Count - Index;

    /// <summary>The next argument, which stays where it is; empty at the end.</summary>
    public readonly ReadOnlySpan<byte> Peek => AtEnd ? default : _args[Index];

    /// <summary>Passes the next argument if it is this word, in any case.</summary>
    /// <param name="word">In upper case.</param>
    public bool Take(ReadOnlySpan<byte> word)
    {
        if (!Is(word))
            return false;
        Index++;
        return true;
    }

    /// <summary>Passes the next argument if it is this word and at least <paramref name="values"/> arguments follow it.</summary>
    public bool Take(ReadOnlySpan<byte> word, int values) => Remaining > values && Take(word);

    public readonly bool Is(ReadOnlySpan<byte> word) => !AtEnd && EqualsWord(_args[Index], word);

    public bool TryNext(out ReadOnlySpan<byte> value)
    {
        if (AtEnd)
        {
            value = default;
            return false;
        }

        value = _args[Index++];
        return true;
    }

    /// <summary>The next argument; the caller knows there is one.</summary>
    public ReadOnlySpan<byte> Next() => _args[Index++];

    /// <summary>Compares an argument with a word in upper case, without regard to case.</summary>
    public static bool EqualsWord(ReadOnlySpan<byte> text, ReadOnlySpan<byte> upper)
    {
        if (text.Length != upper.Length)
            return false;
        for (int i = 0; i < text.Length; i++)
        {
            byte b = text[i];
            if ((uint)(b - 'a') <= 'z' - 'a')
                b &= 0xdf;
            if (b != upper[i])
                return false;
        }

        return true;
    }
}
