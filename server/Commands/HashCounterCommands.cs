using MultiCloudKv.Merge;
using MultiCloudKv.Merge.State;
using MultiCloudKv.Merge.Transactions;
using MultiCloudKv.Resp;

namespace MultiCloudKv.Server.Commands;

/// <summary>Fields that are numbers; like <see cref="CounterCommands"/>, what ships is the increment.</summary>
internal static class HashCounterCommands
{
    private static ReadOnlySpan<byte> IncrementNotFinite => "ERR value is NaN or Infinity"u8;

    public static IEnumerable<(string Name, CommandHandler Handler)> Handlers =>
    [
        ("hincrby", HIncrBy),
        ("hincrbyfloat", HIncrByFloat),
    ];

    private static void HIncrBy(CommandContext ctx)
    {
        if (!ctx.TryInt64(3, out long delta) || !ctx.TryOpen(1, ElementType.Hash, out KeyView key))
            return;
        long value = 0;
        if (key.TryGet(ctx.Args[2], out ReadOnlySpan<byte> text) && !RespNumbers.TryParseInt64(text, out value))
        {
            ctx.Reply.Error(RespErrors.HashNotInteger);
            return;
        }

        if (delta < 0 ? value < long.MinValue - delta : value > long.MaxValue - delta)
        {
            ctx.Reply.Error(RespErrors.IncrementOverflow);
            return;
        }

        key.Increment(ElementType.Hash, ctx.Args[2], Number.Of(delta));
        ctx.Reply.Integer(value + delta);
    }

    private static void HIncrByFloat(CommandContext ctx)
    {
        FloatArgument delta = FloatArgument.Read(ctx.Args[3]);
        if (!delta.IsNumber || !delta.IsFinite)
        {
            ctx.Reply.Error(delta.IsNumber ? IncrementNotFinite : RespErrors.NotFloat);
            return;
        }

        if (!ctx.TryOpen(1, ElementType.Hash, out KeyView key))
            return;
        ReadOnlySpan<byte> field = ctx.Args[2];
        Number value = Number.Zero;
        if (key.Contains(field) && !key.TryGetNumber(field, out value))
        {
            ctx.Reply.Error(RespErrors.HashNotFloat);
            return;
        }

        if (!double.IsFinite(value.Add(delta.Number).ToDouble()))
        {
            ctx.Reply.Error(RespErrors.IncrementNotFinite);
            return;
        }

        key.Increment(ElementType.Hash, field, delta.For(value));
        key.TryGet(field, out ReadOnlySpan<byte> sum);
        ctx.Reply.Bulk(sum);
    }
}
