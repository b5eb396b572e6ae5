using MultiCloudKv.Merge;
using MultiCloudKv.Merge.State;
using MultiCloudKv.Merge.Transactions;
using MultiCloudKv.Resp;

namespace MultiCloudKv.Server.Commands;

/// <summary>
/// Strings that are numbers. What ships is the increment, so that increments of several regions add up; the reply is what
/// shows here.
/// </summary>
internal static class CounterCommands
{
    public static IEnumerable<(string Name, CommandHandler Handler)> Handlers =>
    [
        ("incr", ctx => Add(ctx, 1)),
        ("decr", ctx => Add(ctx, -1)),
        ("incrby", IncrBy),
        ("decrby", DecrBy),
        ("incrbyfloat", IncrByFloat),
    ];

    private static void IncrBy(CommandContext ctx)
    {
        if (ctx.TryInt64(2, out long delta))
            Add(ctx, delta);
    }

    private static void DecrBy(CommandContext ctx)
    {
        if (!ctx.TryInt64(2, out long delta))
            return;
        if (delta == long.MinValue)
            ctx.Reply.Error(RespErrors.DecrementOverflow);
        else
            Add(ctx, -delta);
    }

    private static void Add(CommandContext ctx, long delta)
    {
        if (!ctx.TryOpen(1, ElementType.String, out KeyView key))
            return;
        long value = 0;
        if (key.Exists && !ctx.TryInt64(key.StringValue, out value))
            return;
        if (delta < 0 ? value < long.MinValue - delta : value > long.MaxValue - delta)
        {
            ctx.Reply.Error(RespErrors.IncrementOverflow);
            return;
        }

        key.Increment(Number.Of(delta));
        ctx.Reply.Integer(value + delta);
    }

    private static void IncrByFloat(CommandContext ctx)
    {
        if (!ctx.TryOpen(1, ElementType.String, out KeyView key))
            return;
        Number value = Number.Zero;
        if (key.Exists && !key.TryGetNumber(out value))
        {
            ctx.Reply.Error(RespErrors.NotFloat);
            return;
        }

        FloatArgument delta = FloatArgument.Read(ctx.Args[2]);
        if (!delta.IsNumber)
            ctx.Reply.Error(RespErrors.NotFloat);
        else if (!delta.IsFinite || !double.IsFinite(value.Add(delta.Number).ToDouble()))
            ctx.Reply.Error(RespErrors.IncrementNotFinite);
        else
        {
            key.Increment(delta.For(value));
            ctx.Reply.Bulk(key.StringValue);
        }
    }
}
