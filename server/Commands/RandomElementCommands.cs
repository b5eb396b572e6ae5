using MultiCloudKv.Merge;
using MultiCloudKv.Merge.Transactions;
using MultiCloudKv.Resp;
using MultiCloudKv.Server.Keyspace;

namespace MultiCloudKv.Server.Commands;

/// <summary>Any elements of a set, hash or sorted set (how even the choice is: <see cref="ElementSampler"/>); SPOP removes them.</summary>
internal static class RandomElementCommands
{
    /// <summary>Elements of one reply that may repeat: nothing but the client's number bounds them, so this does, before memory is taken.</summary>
    private const long RepeatedCountMax = 10_000_000;

    public static IEnumerable<(string Name, CommandHandler Handler)> Handlers =>
    [
        ("spop", SPop),
        ("srandmember", SRandMember),
        ("hrandfield", HRandField),
        ("zrandmember", ZRandMember),
    ];

    private static void SPop(CommandContext ctx)
    {
        long count = 1;
        bool single = ctx.Args.Count == 2;
        if (ctx.Args.Count > 3)
        {
            ctx.SyntaxError();
            return;
        }

        if (!single && (!RespNumbers.TryParseInt64(ctx.Args[2], out count) || count < 0))
        {
            ctx.Reply.Error(RespErrors.NotPositive);
            return;
        }

        if (!ctx.TryOpen(1, ElementType.Set, out KeyView key))
            return;
        if (single && !key.Exists)
        {
            ctx.Reply.Null();
            return;
        }

        var popped = new ElementBuffer();
        if (key.Exists && count > 0)
        {
            var random = new FastRandom(ctx.RandomState);
            ElementSampler.TakeDistinct(key, count, ref random, popped);
            SortedSetRemovalCommands.RemoveAll(ctx, key, popped);
            ctx.RandomState = random.State;
        }

        if (!single)
            ctx.Reply.SetHeader(popped.Count);
        for (int i = 0; i < popped.Count; i++)
            ctx.Reply.Bulk(popped[i]);
    }

    private static void SRandMember(CommandContext ctx)
    {
        if (ctx.Args.Count == 2)
        {
            ReplyOne(ctx, ElementType.Set);
            return;
        }

        if (!TryCount(ctx, withValues: false, out long count))
            return;
        if (ctx.Args.Count > 3)
            ctx.SyntaxError();
        else
            ReplyMany(ctx, ElementType.Set, count, withValues: false);
    }

    private static void HRandField(CommandContext ctx) => RandomPairs(ctx, ElementType.Hash, "WITHVALUES"u8);

    private static void ZRandMember(CommandContext ctx) => RandomPairs(ctx, ElementType.SortedSet, "WITHSCORES"u8);

    private static void RandomPairs(CommandContext ctx, ElementType type, ReadOnlySpan<byte> option)
    {
        if (ctx.Args.Count == 2)
        {
            ReplyOne(ctx, type);
            return;
        }

        if (!ctx.TryInt64(2, out _))
            return;
        ArgCursor options = ctx.Options(3);
        bool withValues = options.Take(option);
        if (!options.AtEnd)
            ctx.SyntaxError();
        else if (TryCount(ctx, withValues, out long count))
            ReplyMany(ctx, type, count, withValues);
    }

    private static bool TryCount(CommandContext ctx, bool withValues, out long count)
    {
        if (!ctx.TryInt64(2, out count))
            return false;
        if (count == long.MinValue)
            ctx.Reply.Error($"ERR value is out of range, value must between {-long.MaxValue} and {long.MaxValue}");
        else if (count < -RepeatedCountMax || (withValues && count > long.MaxValue / 2))
            ctx.Reply.Error(RespErrors.OutOfRange);
        else
            return true;
        return false;
    }

    private static void ReplyOne(CommandContext ctx, ElementType type)
    {
        if (!ctx.TryOpen(1, type, out KeyView key))
            return;
        if (!key.Exists)
        {
            ctx.Reply.Null();
            return;
        }

        ElementBuffer chosen = Choose(ctx, key, -1);
        ctx.Reply.Bulk(chosen[0]);
    }

    private static void ReplyMany(CommandContext ctx, ElementType type, long count, bool withValues)
    {
        if (!ctx.TryOpen(1, type, out KeyView key))
            return;
        ElementBuffer chosen = Choose(ctx, key, count);
        bool nested = withValues && ctx.Reply.IsResp3;
        ctx.Reply.ArrayHeader(withValues && !nested ? chosen.Count * 2 : chosen.Count);
        for (int i = 0; i < chosen.Count; i++)
        {
            if (nested)
                ctx.Reply.ArrayHeader(2);
            ctx.Reply.Bulk(chosen[i]);
            if (!withValues)
                continue;
            if (type == ElementType.SortedSet)
            {
                ctx.Reply.Double(chosen.ScoreOf(i));
            }
            else
            {
                key.TryGet(chosen[i], out ReadOnlySpan<byte> value);
                ctx.Reply.Bulk(value);
            }
        }
    }

    /// <summary>A positive count: so many different ones; a negative one: so many, repeated or not.</summary>
    private static ElementBuffer Choose(CommandContext ctx, KeyView key, long count)
    {
        var chosen = new ElementBuffer();
        if (!key.Exists || count == 0)
            return chosen;
        var random = new FastRandom(ctx.RandomState);
        if (count > 0)
            ElementSampler.TakeDistinct(key, count, ref random, chosen);
        else
            ElementSampler.TakeAny(key, (int)-count, ref random, chosen);
        ctx.RandomState = random.State;
        return chosen;
    }
}
