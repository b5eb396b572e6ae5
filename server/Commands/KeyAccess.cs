using MultiCloudKv.Merge;
using MultiCloudKv.Merge.Transactions;

namespace MultiCloudKv.Server.Commands;

/// <summary>How handlers open the keys their arguments name.</summary>
internal static class KeyAccess
{
    /// <summary>Opens a key that must be absent or of a type; otherwise answers WRONGTYPE and returns false.</summary>
    public static bool TryOpen(this CommandContext ctx, int index, ElementType type, out KeyView key)
    {
        key = ctx.Open(index);
        if (key.Type == type || key.Type == ElementType.None)
            return true;
        ctx.WrongType();
        return false;
    }

    /// <summary>Has the keys of several arguments loaded at once, if any of them is not in memory.</summary>
    public static void Prefetch(this CommandContext ctx, int from, int step = 1)
    {
        if (from + step >= ctx.Args.Count)
            return;
        for (int i = from; i < ctx.Args.Count; i += step)
            ctx.Tx.Want(ctx.Args[i]);
        ctx.Tx.ThrowIfWanting();
    }

    /// <summary>Has the elements that several arguments name loaded at once, if any of them is not in memory.</summary>
    public static void PrefetchElements(this CommandContext ctx, KeyView key, int from, int step = 1)
    {
        if (from + step >= ctx.Args.Count || !key.Exists)
            return;
        for (int i = from; i < ctx.Args.Count; i += step)
            key.Want(ctx.Args[i]);
        ctx.Tx.ThrowIfWanting();
    }
}
