namespace MultiCloudKv.Resp.Catalogue;

/// <summary>
/// Where a command's keys stand among its arguments (the command name is argument 0): from <see cref="First"/> to
/// <see cref="Last"/> (negative: counted from the end) in steps; or, when <see cref="CountAt"/> is not 0, as many as that
/// argument says, following it.
/// </summary>
public readonly record struct KeySpec(int First, int Last, int Step, int CountAt = 0)
{
    public static KeySpec None => default;

    public static KeySpec One => new(1, 1, 1);

    public static KeySpec Two => new(1, 2, 1);

    public static KeySpec All => new(1, -1, 1);

    /// <summary>Keys and values in turn.</summary>
    public static KeySpec Pairs => new(1, -1, 2);

    /// <summary>The key of a subcommand.</summary>
    public static KeySpec Second => new(2, 2, 1);

    public bool HasKeys => First > 0 || CountAt > 0;

    /// <summary>
    /// The range of key positions of one call: arguments first, first + step, … up to and including last. False when there are none
    /// or the arguments do not fit.
    /// </summary>
    public bool TryResolve(ArgumentList args, out int first, out int last, out int step)
    {
        first = First;
        step = Step;
        last = Last;
        if (CountAt > 0)
        {
            if (CountAt >= args.Count || !RespNumbers.TryParseInt64(args[CountAt], out long count) || count <= 0 || count > args.Count - CountAt - 1)
                return false;
            first = CountAt + 1;
            last = CountAt + (int)count;
            step = 1;
            return true;
        }

        if (first == 0)
            return false;
        if (last < 0)
            last += args.Count;
        return first <= last && last < args.Count;
    }
}
