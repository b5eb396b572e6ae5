using MultiCloudKv.Merge;
using MultiCloudKv.Merge.Transactions;
using MultiCloudKv.Resp;

namespace MultiCloudKv.Server.Commands;

/// <summary>Strings as values: SET and GET in all their forms. Parts of strings: <see cref="StringRangeCommands"/>; numbers: <see cref="CounterCommands"/>.</summary>
internal static class StringCommands
{
    public static IEnumerable<(string Name, CommandHandler Handler)> Handlers =>
    [
        ("get", Get),
        ("set", Set),
        ("setnx", SetNx),
        ("setex", ctx => SetWithExpiry(ctx, seconds: true)),
        ("psetex", ctx => SetWithExpiry(ctx, seconds: false)),
        ("getset", GetSet),
        ("getdel", GetDel),
        ("getex", GetEx),
        ("mget", MGet),
        ("mset", MSet),
        ("msetnx", MSetNx),
    ];

    private static void Get(CommandContext ctx)
    {
        if (ctx.TryOpen(1, ElementType.String, out KeyView key))
            ReplyValue(ctx, key);
    }

    private static void Set(CommandContext ctx)
    {
        bool ifAbsent = false, ifPresent = false, answerOld = false;
        ExpiryOption expiry = default;
        ArgCursor options = ctx.Options(3);
        while (!options.AtEnd)
        {
            if (!ifPresent && options.Take("NX"u8))
                ifAbsent = true;
            else if (!ifAbsent && options.Take("XX"u8))
                ifPresent = true;
            else if (options.Take("GET"u8))
                answerOld = true;
            else if (!expiry.Take(ref options, mayKeep: true, mayPersist: false))
            {
                ctx.SyntaxError();
                return;
            }
        }

        long expiryMs = long.MaxValue;
        if (expiry.IsTime && !expiry.TryResolve(ctx, out expiryMs))
            return;
        KeyView key = ctx.Open(1);
        if (answerOld)
        {
            if (key.Exists && key.Type != ElementType.String)
            {
                ctx.WrongType();
                return;
            }

            ReplyValue(ctx, key);
        }

        if ((ifAbsent || ifPresent) && key.Exists == ifAbsent)
        {
            if (!answerOld)
                ctx.Reply.Null();
            return;
        }

        if (expiry.KeepsExpiry)
            WriteKeepingExpiry(key, ctx.Args[2]);
        else
            Write(ctx, key, ctx.Args[2], expiryMs);
        if (!answerOld)
            ctx.Reply.Ok();
    }

    private static void SetNx(CommandContext ctx)
    {
        KeyView key = ctx.Open(1);
        if (key.Exists)
        {
            ctx.Reply.Integer(0);
            return;
        }

        key.Set(ctx.Args[2]);
        ctx.Reply.Integer(1);
    }

    private static void SetWithExpiry(CommandContext ctx, bool seconds)
    {
        if (!ExpiryOption.TryResolve(ctx, ctx.Args[2], seconds, absolute: false, out long expiryMs))
            return;
        Write(ctx, ctx.Open(1), ctx.Args[3], expiryMs);
        ctx.Reply.Ok();
    }

    private static void GetSet(CommandContext ctx)
    {
        if (!ctx.TryOpen(1, ElementType.String, out KeyView key))
            return;
        ReplyValue(ctx, key);
        key.Set(ctx.Args[2]);
    }

    private static void GetDel(CommandContext ctx)
    {
        if (!ctx.TryOpen(1, ElementType.String, out KeyView key))
            return;
        ReplyValue(ctx, key);
        key.RemoveKey();
    }

    private static void GetEx(CommandContext ctx)
    {
        ExpiryOption expiry = default;
        ArgCursor options = ctx.Options(2);
        while (!options.AtEnd)
        {
            if (!expiry.Take(ref options, mayKeep: false, mayPersist: true))
            {
                ctx.SyntaxError();
                return;
            }
        }

        if (!ctx.TryOpen(1, ElementType.String, out KeyView key))
            return;
        if (!key.Exists)
        {
            ctx.Reply.Null();
            return;
        }

        long expiryMs = long.MaxValue;
        if (expiry.IsTime && !expiry.TryResolve(ctx, out expiryMs))
            return;
        ReplyValue(ctx, key);
        if (expiry.IsTime || expiry.Persists)
            key.Expire(expiryMs);
    }

    private static void MGet(CommandContext ctx)
    {
        ctx.Prefetch(1);
        ctx.Reply.ArrayHeader(ctx.Args.Count - 1);
        for (int i = 1; i < ctx.Args.Count; i++)
        {
            KeyView key = ctx.Open(i);
            if (key.Type == ElementType.String)
                ctx.Reply.Bulk(key.StringValue);
            else
                ctx.Reply.Null();
        }
    }

    private static void MSet(CommandContext ctx)
    {
        if (!HasPairs(ctx))
            return;
        ctx.Prefetch(1, step: 2);
        SetAll(ctx);
        ctx.Reply.Ok();
    }

    private static void MSetNx(CommandContext ctx)
    {
        if (!HasPairs(ctx))
            return;
        ctx.Prefetch(1, step: 2);
        for (int i = 1; i < ctx.Args.Count; i += 2)
        {
            if (!ctx.Open(i).Exists)
                continue;
            ctx.Reply.Integer(0);
            return;
        }

        SetAll(ctx);
        ctx.Reply.Integer(1);
    }

    private static bool HasPairs(CommandContext ctx)
    {
        if (ctx.Args.Count % 2 == 1)
            return true;
        ctx.WrongArity();
        return false;
    }

    private static void SetAll(CommandContext ctx)
    {
        for (int i = 1; i < ctx.Args.Count; i += 2)
            ctx.Open(i).Set(ctx.Args[i + 1]);
    }

    /// <summary>A string that has expired already is never seen: what was there goes.</summary>
    private static void Write(CommandContext ctx, KeyView key, ReadOnlySpan<byte> value, long expiryMs)
    {
        if (expiryMs > ctx.NowMs)
            key.Set(value, expiryMs);
        else
            key.RemoveKey();
    }

    private static void WriteKeepingExpiry(KeyView key, ReadOnlySpan<byte> value)
    {
        if (key.Type == ElementType.String)
            key.WriteString(value);
        else
            key.Set(value, key.ExpiryMs);
    }

    private static void ReplyValue(CommandContext ctx, KeyView key)
    {
        if (key.Exists)
            ctx.Reply.Bulk(key.StringValue);
        else
            ctx.Reply.Null();
    }
}
