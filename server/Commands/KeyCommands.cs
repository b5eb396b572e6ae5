using MultiCloudKv.Merge;
using MultiCloudKv.Merge.Transactions;
using MultiCloudKv.Resp;

namespace MultiCloudKv.Server.Commands;

/// <summary>Keys of any type, by name. Copies: <see cref="CopyCommands"/>; the keyspace as a whole: <see cref="KeyspaceCommands"/>.</summary>
internal static class KeyCommands
{
    public static IEnumerable<(string Name, CommandHandler Handler)> Handlers =>
    [
        ("del", Remove),
        ("unlink", Remove),
        ("exists", CountExisting),
        ("touch", CountExisting),
        ("type", Type),
        ("conflicts", Conflicts),
    ];

    public static ReadOnlySpan<byte> NameOf(ElementType type) => type switch
    {
        ElementType.String => "string"u8,
        ElementType.Hash => "hash"u8,
        ElementType.Set => "set"u8,
        ElementType.SortedSet => "zset"u8,
        ElementType.List => "list"u8,
        ElementType.Stream => "stream"u8,
        _ => "none"u8,
    };

    private static void Remove(CommandContext ctx)
    {
        ctx.Prefetch(1);
        int removed = 0;
        for (int i = 1; i < ctx.Args.Count; i++)
            removed += ctx.Open(i).RemoveKey() ? 1 : 0;
        ctx.Reply.Integer(removed);
    }

    private static void CountExisting(CommandContext ctx)
    {
        ctx.Prefetch(1);
        int existing = 0;
        for (int i = 1; i < ctx.Args.Count; i++)
            existing += ctx.Open(i).Exists ? 1 : 0;
        ctx.Reply.Integer(existing);
    }

    private static void Type(CommandContext ctx) => ctx.Reply.SimpleString(NameOf(ctx.Open(1).Type));

    /// <summary>One array for each concurrent value: type, element, region, Unix time in milliseconds, value, 1 if it shows.</summary>
    private static void Conflicts(CommandContext ctx)
    {
        KeyView key = ctx.Open(1);
        IReadOnlyList<Sibling> siblings = key.Exists ? key.Siblings() : [];
        ctx.Reply.ArrayHeader(siblings.Count);
        foreach (Sibling sibling in siblings)
        {
            ctx.Reply.ArrayHeader(6);
            ctx.Reply.Bulk(NameOf(sibling.Type));
            ctx.Reply.Bulk(sibling.Element);
            ctx.Reply.Integer(sibling.Region);
            ctx.Reply.Integer(sibling.UnixMs);
            ctx.Reply.Bulk(sibling.Value);
            ctx.Reply.Integer(sibling.Shows ? 1 : 0);
        }
    }
}
