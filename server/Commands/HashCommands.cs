using MultiCloudKv.Foundation;
using MultiCloudKv.Merge;
using MultiCloudKv.Merge.Transactions;
using MultiCloudKv.Resp;

namespace MultiCloudKv.Server.Commands;

/// <summary>Hashes. Numbers in fields: <see cref="HashCounterCommands"/>; HSCAN: <see cref="ScanCommands"/>; HRANDFIELD: <see cref="RandomElementCommands"/>.</summary>
internal static class HashCommands
{
    private const ElementType Hash = ElementType.Hash;

    public static IEnumerable<(string Name, CommandHandler Handler)> Handlers =>
    [
        ("hset", HSet),
        ("hmset", HMSet),
        ("hsetnx", HSetNx),
        ("hget", HGet),
        ("hmget", HMGet),
        ("hdel", ctx => ElementCommands.Remove(ctx, Hash)),
        ("hlen", ctx => ElementCommands.Count(ctx, Hash)),
        ("hstrlen", HStrLen),
        ("hexists", ctx => ElementCommands.Contains(ctx, Hash)),
        ("hkeys", ctx => ReplyAll(ctx, fields: true, values: false)),
        ("hvals", ctx => ReplyAll(ctx, fields: false, values: true)),
        ("hgetall", ctx => ReplyAll(ctx, fields: true, values: true)),
    ];

    private static void HSet(CommandContext ctx)
    {
        if (TryWritePairs(ctx, out int created))
            ctx.Reply.Integer(created);
    }

    private static void HMSet(CommandContext ctx)
    {
        if (TryWritePairs(ctx, out _))
            ctx.Reply.Ok();
    }

    private static bool TryWritePairs(CommandContext ctx, out int created)
    {
        created = 0;
        if (ctx.Args.Count % 2 == 1)
        {
            ctx.WrongArity();
            return false;
        }

        if (!ctx.TryOpen(1, Hash, out KeyView key))
            return false;
        ctx.PrefetchElements(key, 2, step: 2);
        for (int i = 2; i < ctx.Args.Count; i += 2)
        {
            created += key.Contains(ctx.Args[i]) ? 0 : 1;
            key.Write(Hash, ctx.Args[i], ctx.Args[i + 1]);
        }

        return true;
    }

    private static void HSetNx(CommandContext ctx)
    {
        if (!ctx.TryOpen(1, Hash, out KeyView key))
            return;
        bool absent = !key.Contains(ctx.Args[2]);
        if (absent)
            key.Write(Hash, ctx.Args[2], ctx.Args[3]);
        ctx.Reply.Integer(absent ? 1 : 0);
    }

    private static void HGet(CommandContext ctx)
    {
        if (ctx.TryOpen(1, Hash, out KeyView key))
            ReplyField(ctx, key, 2);
    }

    private static void HMGet(CommandContext ctx)
    {
        if (!ctx.TryOpen(1, Hash, out KeyView key))
            return;
        ctx.PrefetchElements(key, 2);
        ctx.Reply.ArrayHeader(ctx.Args.Count - 2);
        for (int i = 2; i < ctx.Args.Count; i++)
            ReplyField(ctx, key, i);
    }

    private static void HStrLen(CommandContext ctx)
    {
        if (ctx.TryOpen(1, Hash, out KeyView key))
            ctx.Reply.Integer(key.TryGet(ctx.Args[2], out ReadOnlySpan<byte> value) ? value.Length : 0);
    }

    private static void ReplyField(CommandContext ctx, KeyView key, int index)
    {
        if (key.TryGet(ctx.Args[index], out ReadOnlySpan<byte> value))
            ctx.Reply.Bulk(value);
        else
            ctx.Reply.Null();
    }

    private static void ReplyAll(CommandContext ctx, bool fields, bool values)
    {
        if (!ctx.TryOpen(1, Hash, out KeyView key))
            return;
        int count = (int)key.Count;
        if (fields && values)
            ctx.Reply.MapHeader(count);
        else
            ctx.Reply.ArrayHeader(count);
        if (count == 0)
            return;
        using ElementCursor cursor = key.Scan();
        int shown = 0;
        for (; cursor.MoveNext(); shown++)
        {
            if (fields)
                ctx.Reply.Bulk(cursor.Element);
            if (values)
                ctx.Reply.Bulk(cursor.Value);
        }

        Invariant.Check(shown == count);
    }
}
