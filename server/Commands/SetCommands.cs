using MultiCloudKv.Foundation;
using MultiCloudKv.Merge;
using MultiCloudKv.Merge.Transactions;
using MultiCloudKv.Resp;

namespace MultiCloudKv.Server.Commands;

/// <summary>
/// Sets. A member that is added again is written again: its writer has seen it and wants it kept, whatever another region
/// removes meanwhile. SSCAN: <see cref="ScanCommands"/>; SPOP and SRANDMEMBER: <see cref="RandomElementCommands"/>.
/// </summary>
internal static class SetCommands
{
    private const ElementType Set = ElementType.Set;

    public static IEnumerable<(string Name, CommandHandler Handler)> Handlers =>
    [
        ("sadd", SAdd),
        ("srem", ctx => ElementCommands.Remove(ctx, Set)),
        ("sismember", ctx => ElementCommands.Contains(ctx, Set)),
        ("smismember", SMIsMember),
        ("scard", ctx => ElementCommands.Count(ctx, Set)),
        ("smembers", SMembers),
        ("smove", SMove),
    ];

    private static void SAdd(CommandContext ctx)
    {
        if (!ctx.TryOpen(1, Set, out KeyView key))
            return;
        ctx.PrefetchElements(key, 2);
        int added = 0;
        for (int i = 2; i < ctx.Args.Count; i++)
        {
            added += key.Contains(ctx.Args[i]) ? 0 : 1;
            key.Write(Set, ctx.Args[i], default);
        }

        ctx.Reply.Integer(added);
    }

    private static void SMIsMember(CommandContext ctx)
    {
        if (!ctx.TryOpen(1, Set, out KeyView key))
            return;
        ctx.PrefetchElements(key, 2);
        ctx.Reply.ArrayHeader(ctx.Args.Count - 2);
        for (int i = 2; i < ctx.Args.Count; i++)
            ctx.Reply.Integer(key.Contains(ctx.Args[i]) ? 1 : 0);
    }

    private static void SMembers(CommandContext ctx)
    {
        if (!ctx.TryOpen(1, Set, out KeyView key))
            return;
        int count = (int)key.Count;
        ctx.Reply.SetHeader(count);
        if (count == 0)
            return;
        using ElementCursor cursor = key.Scan();
        int shown = 0;
        for (; cursor.MoveNext(); shown++)
            ctx.Reply.Bulk(cursor.Element);
        Invariant.Check(shown == count);
    }

    private static void SMove(CommandContext ctx)
    {
        KeyView source = ctx.Open(1);
        if (!source.Exists)
        {
            ctx.Reply.Integer(0);
            return;
        }

        KeyView target = ctx.Open(2);
        if (source.Type != Set || (target.Exists && target.Type != Set))
        {
            ctx.WrongType();
            return;
        }

        ReadOnlySpan<byte> member = ctx.Args[3];
        bool there = source.Contains(member);
        if (there && !ctx.Args[1].SequenceEqual(ctx.Args[2]))
        {
            source.Remove(member);
            target.Write(Set, member, default);
        }

        ctx.Reply.Integer(there ? 1 : 0);
    }
}
