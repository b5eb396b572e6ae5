using MultiCloudKv.Merge.Transactions;
using MultiCloudKv.Server.Keyspace;

namespace MultiCloudKv.Server.Commands;

/// <summary>OBJECT: what Redis tells about the object at a key. Use is not tracked key by key: the idle time is 0.</summary>
internal static class ObjectCommands
{
    private static ReadOnlySpan<byte> NoFrequency =>
        "ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that when switching between policies at runtime LRU and LFU data will take some time to adjust."u8;

    public static IEnumerable<(string Name, CommandHandler Handler)> Handlers =>
    [
        ("object|encoding", Encoding),
        ("object|freq", Frequency),
        ("object|idletime", ctx => ReplyIfExists(ctx, 0)),
        ("object|refcount", ctx => ReplyIfExists(ctx, 1)),
        ("object|help", HelpText.Write),
    ];

    private static void Encoding(CommandContext ctx)
    {
        KeyView key = ctx.Open(2);
        if (key.Exists)
            ctx.Reply.Bulk(ObjectEncoding.Of(key, ctx.Services.Settings.Encodings));
        else
            ctx.Reply.Null();
    }

    private static void Frequency(CommandContext ctx)
    {
        if (ctx.Open(2).Exists)
            ctx.Reply.Error(NoFrequency);
        else
            ctx.Reply.Null();
    }

    private static void ReplyIfExists(CommandContext ctx, long value)
    {
        if (ctx.Open(2).Exists)
            ctx.Reply.Integer(value);
        else
            ctx.Reply.Null();
    }
}
