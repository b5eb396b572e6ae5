using MultiCloudKv.Merge;
using MultiCloudKv.Merge.Transactions;

namespace MultiCloudKv.Server.Commands;

/// <summary>What hashes, sets and sorted sets have in common: commands on a key's elements that differ by nothing but the type.</summary>
internal static class ElementCommands
{
    /// <summary>HDEL, SREM, ZREM: replies how many there were.</summary>
    public static void Remove(CommandContext ctx, ElementType type)
    {
        if (!ctx.TryOpen(1, type, out KeyView key))
            return;
        ctx.PrefetchElements(key, 2);
        int removed = 0;
        for (int i = 2; i < ctx.Args.Count && key.Exists; i++)
            removed += key.Remove(ctx.Args[i]) ? 1 : 0;
        ctx.Reply.Integer(removed);
    }

    /// <summary>HLEN, SCARD, ZCARD.</summary>
    public static void Count(CommandContext ctx, ElementType type)
    {
        if (ctx.TryOpen(1, type, out KeyView key))
            ctx.Reply.Integer(key.Count);
    }

    /// <summary>HEXISTS, SISMEMBER.</summary>
    public static void Contains(CommandContext ctx, ElementType type)
    {
        if (ctx.TryOpen(1, type, out KeyView key))
            ctx.Reply.Integer(key.Contains(ctx.Args[2]) ? 1 : 0);
    }
}
