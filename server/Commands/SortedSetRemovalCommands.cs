using MultiCloudKv.Merge;
using MultiCloudKv.Merge.Transactions;
using MultiCloudKv.Resp;
using MultiCloudKv.Server.Keyspace;

namespace MultiCloudKv.Server.Commands;

/// <summary>Removal of ranges of sorted sets, and pops: what ships is the removal of each member that was in the range here.</summary>
internal static class SortedSetRemovalCommands
{
    public static IEnumerable<(string Name, CommandHandler Handler)> Handlers =>
    [
        ("zremrangebyrank", ctx => RemoveRange(ctx, RangeKind.Places)),
        ("zremrangebyscore", ctx => RemoveRange(ctx, RangeKind.Scores)),
        ("zremrangebylex", ctx => RemoveRange(ctx, RangeKind.Names)),
        ("zpopmin", ctx => Pop(ctx, reverse: false)),
        ("zpopmax", ctx => Pop(ctx, reverse: true)),
    ];

    /// <summary>Removes elements that are there; all of them take the key.</summary>
    public static void RemoveAll(CommandContext ctx, KeyView key, ElementBuffer elements)
    {
        if (elements.Count == key.Count)
        {
            key.RemoveKey();
            return;
        }

        for (int i = 0; i < elements.Count; i++)
            key.Want(elements[i]);
        ctx.Tx.ThrowIfWanting();
        for (int i = 0; i < elements.Count; i++)
            key.Remove(elements[i]);
    }

    private static void RemoveRange(CommandContext ctx, RangeKind kind)
    {
        var range = new SortedSetRange();
        if (!SortedSetRangeCommands.TryParseBounds(ctx, 2, kind, ref range) || !ctx.TryOpen(1, ElementType.SortedSet, out KeyView key))
            return;
        var members = new ElementBuffer();
        if (key.Exists)
            range.Read(key, members);
        RemoveAll(ctx, key, members);
        ctx.Reply.Integer(members.Count);
    }

    private static void Pop(CommandContext ctx, bool reverse)
    {
        long count = 1;
        if (ctx.Args.Count > 3)
        {
            ctx.SyntaxError();
            return;
        }

        if (ctx.Args.Count == 3 && (!RespNumbers.TryParseInt64(ctx.Args[2], out count) || count < 0))
        {
            ctx.Reply.Error(RespErrors.NotPositive);
            return;
        }

        if (!ctx.TryOpen(1, ElementType.SortedSet, out KeyView key))
            return;
        var members = new ElementBuffer();
        if (key.Exists && count > 0)
            new SortedSetRange { Kind = RangeKind.Places, Reverse = reverse, End = count - 1 }.Read(key, members);
        RemoveAll(ctx, key, members);
        SortedSetRangeCommands.ReplyMembers(ctx, members, withScores: true, nested: ctx.Reply.IsResp3 && ctx.Args.Count == 3);
    }
}
