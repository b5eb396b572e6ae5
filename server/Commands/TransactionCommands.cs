using MultiCloudKv.Foundation;
using MultiCloudKv.Merge.Transactions;
using MultiCloudKv.Resp;

namespace MultiCloudKv.Server.Commands;

/// <summary>MULTI, DISCARD, WATCH, UNWATCH, WAITREGIONS; EXEC itself is <see cref="TransactionRunner"/>.</summary>
internal static class TransactionCommands
{
    public static IEnumerable<(string Name, CommandHandler Handler)> Handlers =>
    [
        ("multi", Multi),
        ("exec", Exec),
        ("discard", Discard),
        ("watch", Watch),
        ("unwatch", Unwatch),
        ("waitregions", WaitRegions),
    ];

    private static void Multi(CommandContext ctx)
    {
        if (ctx.Client.Queue.Open)
        {
            ctx.Reply.Error(RespErrors.NestedMulti);
            return;
        }

        ctx.Client.Queue.Begin();
        ctx.Reply.Ok();
    }

    /// <summary>Bound so that the row has a handler; the executor never calls it.</summary>
    private static void Exec(CommandContext ctx) => ctx.Reply.Error(RespErrors.ExecWithoutMulti);

    private static void Discard(CommandContext ctx)
    {
        if (!ctx.Client.Queue.Open)
        {
            ctx.Reply.Error(RespErrors.DiscardWithoutMulti);
            return;
        }

        ctx.Client.Queue.Clear();
        ctx.Client.Unwatch(ctx.Services.Watches);
        ctx.Reply.Ok();
    }

    private static void Watch(CommandContext ctx)
    {
        if (ctx.Client.Queue.Open)
        {
            ctx.Reply.Error(RespErrors.WatchInsideMulti);
            return;
        }

        for (int i = 1; i < ctx.Args.Count && !ctx.Client.WatchBroken; i++)
        {
            KeyView key = ctx.Open(i);
            long expiryMs = key.Exists ? key.ExpiryMs : long.MaxValue;
            ctx.Client.Watch(ctx.Services.Watches, new WatchedKey(ctx.Args[i].ToArray(), Slots.Of(ctx.Args[i]), key.Exists, expiryMs));
        }

        ctx.Reply.Ok();
    }

    private static void Unwatch(CommandContext ctx)
    {
        ctx.Client.Unwatch(ctx.Services.Watches);
        ctx.Reply.Ok();
    }

    /// <summary>WAITREGIONS n ms: the number of other regions that have applied this connection's last write, at the latest after so long (0: without end).</summary>
    private static void WaitRegions(CommandContext ctx)
    {
        if (!ctx.TryInt64(1, out long regions))
            return;
        if (!RespNumbers.TryParseInt64(ctx.Args[2], out long timeoutMs))
        {
            ctx.Reply.Error("ERR timeout is not an integer or out of range"u8);
            return;
        }

        if (regions < 0 || regions > byte.MaxValue)
        {
            ctx.Reply.Error(RespErrors.OutOfRange);
            return;
        }

        if (timeoutMs is < 0 or > uint.MaxValue - 1)
        {
            ctx.Reply.Error("ERR timeout is negative or too large"u8);
            return;
        }

        ctx.Defer((context, cancel) => WaitAsync(context, (int)regions, timeoutMs, cancel));
    }

    private static async ValueTask WaitAsync(CommandContext ctx, int regions, long timeoutMs, CancellationToken cancel) =>
        ctx.Reply.Integer(await ctx.Services.Engine.WaitRegionsAsync(ctx.Client.LastWrite, regions, TimeSpan.FromMilliseconds(timeoutMs), cancel));
}
