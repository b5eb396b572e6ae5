using System.Text;
using MultiCloudKv.Merge.Transactions;

namespace MultiCloudKv.Server.Commands;

/// <summary>When keys expire. A time that has passed already removes the key.</summary>
internal static class ExpireCommands
{
    public static IEnumerable<(string Name, CommandHandler Handler)> Handlers =>
    [
        ("expire", ctx => Expire(ctx, seconds: true, ctx.NowMs)),
        ("pexpire", ctx => Expire(ctx, seconds: false, ctx.NowMs)),
        ("expireat", ctx => Expire(ctx, seconds: true, 0)),
        ("pexpireat", ctx => Expire(ctx, seconds: false, 0)),
        ("ttl", ctx => ReplyTime(ctx, seconds: true, ctx.NowMs)),
        ("pttl", ctx => ReplyTime(ctx, seconds: false, ctx.NowMs)),
        ("expiretime", ctx => ReplyTime(ctx, seconds: true, 0)),
        ("pexpiretime", ctx => ReplyTime(ctx, seconds: false, 0)),
        ("persist", Persist),
    ];

    private static void Expire(CommandContext ctx, bool seconds, long baseMs)
    {
        if (!TryParseConditions(ctx, out ExpireConditions conditions) || !ctx.TryInt64(2, out long when))
            return;
        if (seconds && (when > long.MaxValue / 1000 || when < long.MinValue / 1000))
        {
            ExpiryOption.Invalid(ctx);
            return;
        }

        when *= seconds ? 1000 : 1;
        if (when > long.MaxValue - baseMs)
        {
            ExpiryOption.Invalid(ctx);
            return;
        }

        when = Math.Min(when + baseMs, long.MaxValue - 1);
        KeyView key = ctx.Open(1);
        bool applies = key.Exists && Holds(conditions, key.ExpiryMs, when);
        if (applies)
            key.Expire(when);
        ctx.Reply.Integer(applies ? 1 : 0);
    }

    /// <summary>No expiry counts as one that never comes.</summary>
    private static bool Holds(ExpireConditions conditions, long before, long when)
    {
        bool expires = before != long.MaxValue;
        if (conditions.HasFlag(ExpireConditions.IfNone) && expires)
            return false;
        if (conditions.HasFlag(ExpireConditions.IfAny) && !expires)
            return false;
        if (conditions.HasFlag(ExpireConditions.IfLater) && when <= before)
            return false;
        return !conditions.HasFlag(ExpireConditions.IfEarlier) || when < before;
    }

    private static bool TryParseConditions(CommandContext ctx, out ExpireConditions conditions)
    {
        conditions = ExpireConditions.None;
        ArgCursor options = ctx.Options(3);
        while (!options.AtEnd)
        {
            ExpireConditions condition = options.Take("NX"u8) ? ExpireConditions.IfNone
                : options.Take("XX"u8) ? ExpireConditions.IfAny
                : options.Take("GT"u8) ? ExpireConditions.IfLater
                : options.Take("LT"u8) ? ExpireConditions.IfEarlier
                : ExpireConditions.None;
            if (condition == ExpireConditions.None)
            {
                ctx.Reply.Error($"ERR Unsupported option {Encoding.Latin1.GetString(options.Peek)}");
                return false;
            }

            conditions |= condition;
        }

        if (conditions.HasFlag(ExpireConditions.IfNone) && conditions != ExpireConditions.IfNone)
            ctx.Reply.Error("ERR NX and XX, GT or LT options at the same time are not compatible"u8);
        else if (conditions.HasFlag(ExpireConditions.IfLater | ExpireConditions.IfEarlier))
            ctx.Reply.Error("ERR GT and LT options at the same time are not compatible"u8);
        else
            return true;
        return false;
    }

    /// <summary>-2 for no key, -1 for no expiry; seconds are rounded to the nearest.</summary>
    private static void ReplyTime(CommandContext ctx, bool seconds, long baseMs)
    {
        KeyView key = ctx.Open(1);
        long ms = !key.Exists ? -2 : key.ExpiryMs == long.MaxValue ? -1 : Math.Max(key.ExpiryMs - baseMs, 0);
        ctx.Reply.Integer(ms < 0 || !seconds ? ms : (ms / 1000) + (ms % 1000 >= 500 ? 1 : 0));
    }

    private static void Persist(CommandContext ctx)
    {
        KeyView key = ctx.Open(1);
        ctx.Reply.Integer(key.Exists && key.ExpiryMs != long.MaxValue && key.Expire(long.MaxValue) ? 1 : 0);
    }
}
