using MultiCloudKv.Resp;

namespace MultiCloudKv.Server.Commands;

/// <summary>
/// The expiry options of SET and GETEX: at most one of EX, PX, EXAT, PXAT, and in its place KEEPTTL (SET) or PERSIST (GETEX).
/// The number is read when the rest of the command line is known to be right, as Redis does.
/// </summary>
internal ref struct ExpiryOption
{
    private Unit _unit;
    private ReadOnlySpan<byte> _number;

    private enum Unit
    {
        None,
        Seconds,
        Milliseconds,
        AtSeconds,
        AtMilliseconds,
        Kept,
        Persisted,
    }

    public readonly bool IsTime => _unit is not (Unit.None or Unit.Kept or Unit.Persisted);

    public readonly bool KeepsExpiry => _unit == Unit.Kept;

    public readonly bool Persists => _unit == Unit.Persisted;

    /// <summary>Passes an expiry option with its number. False when there is none here, or when it contradicts an earlier one.</summary>
    public bool Take(ref ArgCursor options, bool mayKeep, bool mayPersist)
    {
        if (mayKeep && options.Is("KEEPTTL"u8))
            return TakeWord(ref options, Unit.Kept);
        if (mayPersist && options.Is("PERSIST"u8))
            return TakeWord(ref options, Unit.Persisted);
        Unit unit = options.Is("EX"u8) ? Unit.Seconds
            : options.Is("PX"u8) ? Unit.Milliseconds
            : options.Is("EXAT"u8) ? Unit.AtSeconds
            : options.Is("PXAT"u8) ? Unit.AtMilliseconds
            : Unit.None;
        if (unit == Unit.None || options.Remaining < 2 || (_unit != Unit.None && _unit != unit))
            return false;
        options.Next();
        _unit = unit;
        _number = options.Next();
        return true;
    }

    /// <summary>The moment as Unix milliseconds; otherwise answers the error and returns false. Only for <see cref="IsTime"/>.</summary>
    public readonly bool TryResolve(CommandContext ctx, out long expiryMs)
    {
        bool seconds = _unit is Unit.Seconds or Unit.AtSeconds;
        bool absolute = _unit is Unit.AtSeconds or Unit.AtMilliseconds;
        return TryResolve(ctx, _number, seconds, absolute, out expiryMs);
    }

    /// <summary>Reads a time that must lie after 1970; otherwise answers the error and returns false.</summary>
    public static bool TryResolve(CommandContext ctx, ReadOnlySpan<byte> number, bool seconds, bool absolute, out long expiryMs)
    {
        if (!ctx.TryInt64(number, out expiryMs))
            return false;
        if (expiryMs <= 0 || (seconds && expiryMs > long.MaxValue / 1000))
            return Invalid(ctx);
        if (seconds)
            expiryMs *= 1000;
        if (!absolute && expiryMs > long.MaxValue - ctx.NowMs)
            return Invalid(ctx);
        if (!absolute)
            expiryMs += ctx.NowMs;
        expiryMs = Math.Min(expiryMs, long.MaxValue - 1);
        return true;
    }

    public static bool Invalid(CommandContext ctx)
    {
        ctx.Reply.Error($"ERR invalid expire time in '{ctx.Row.Name}' command");
        return false;
    }

    private bool TakeWord(ref ArgCursor options, Unit unit)
    {
        if (_unit != Unit.None && _unit != unit)
            return false;
        options.Next();
        _unit = unit;
        return true;
    }
}
