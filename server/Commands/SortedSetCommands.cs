using MultiCloudKv.Merge;
using MultiCloudKv.Merge.State;
using MultiCloudKv.Merge.Transactions;
using MultiCloudKv.Resp;

namespace MultiCloudKv.Server.Commands;

/// <summary>
/// Sorted sets, member by member. Ranges: <see cref="SortedSetRangeCommands"/>; pops and removals of ranges:
/// <see cref="SortedSetRemovalCommands"/>; ZSCAN: <see cref="ScanCommands"/>; ZRANDMEMBER: <see cref="RandomElementCommands"/>.
/// </summary>
internal static class SortedSetCommands
{
    private const ElementType SortedSet = ElementType.SortedSet;

    public static IEnumerable<(string Name, CommandHandler Handler)> Handlers =>
    [
        ("zadd", ZAdd),
        ("zincrby", ZIncrBy),
        ("zrem", ctx => ElementCommands.Remove(ctx, SortedSet)),
        ("zscore", ZScore),
        ("zmscore", ZMScore),
        ("zcard", ctx => ElementCommands.Count(ctx, SortedSet)),
        ("zrank", ctx => ZRank(ctx, reverse: false)),
        ("zrevrank", ctx => ZRank(ctx, reverse: true)),
    ];

    private static void ZAdd(CommandContext ctx)
    {
        ZAddOptions options = ZAddOptions.None;
        ArgCursor at = ctx.Options(2);
        while (TakeOption(ref at, out ZAddOptions option))
            options |= option;
        if (at.Remaining == 0 || at.Remaining % 2 == 1)
        {
            ctx.SyntaxError();
            return;
        }

        if (!AreCompatible(ctx, options, at.Remaining / 2))
            return;
        for (int i = at.Index; i < ctx.Args.Count; i += 2)
        {
            if (!ctx.TryDouble(i, out _))
                return;
        }

        if (ctx.TryOpen(1, SortedSet, out KeyView key))
            AddAll(ctx, key, at.Index, options);
    }

    private static void ZIncrBy(CommandContext ctx)
    {
        if (ctx.TryDouble(2, out _) && ctx.TryOpen(1, SortedSet, out KeyView key))
            AddAll(ctx, key, 2, ZAddOptions.Increment);
    }

    private static void AddAll(CommandContext ctx, KeyView key, int from, ZAddOptions options)
    {
        ctx.PrefetchElements(key, from + 1, step: 2);
        int added = 0, updated = 0;
        bool increments = options.HasFlag(ZAddOptions.Increment);
        for (int i = from; i < ctx.Args.Count; i += 2)
        {
            if (!ctx.TryDouble(i, out double score))
                return;
            ZAddOutcome outcome = AddOne(key, ctx.Args[i + 1], ref score, options);
            if (outcome == ZAddOutcome.NotANumber)
            {
                ctx.Reply.Error(RespErrors.ScoreNotANumber);
                return;
            }

            added += outcome == ZAddOutcome.Added ? 1 : 0;
            updated += outcome == ZAddOutcome.Updated ? 1 : 0;
            if (!increments)
                continue;
            if (outcome == ZAddOutcome.Refused)
                ctx.Reply.Null();
            else
                ctx.Reply.Double(score);
        }

        if (!increments)
            ctx.Reply.Integer(options.HasFlag(ZAddOptions.CountChanged) ? added + updated : added);
    }

    /// <summary>Adds one member or changes its score; <paramref name="score"/> becomes the member's score. There is no negative zero.</summary>
    private static ZAddOutcome AddOne(KeyView key, ReadOnlySpan<byte> member, ref double score, ZAddOptions options)
    {
        score = score == 0 ? 0 : score;
        if (!key.TryGetScore(member, out double before))
        {
            if (options.HasFlag(ZAddOptions.IfPresent))
                return ZAddOutcome.Refused;
            if (options.HasFlag(ZAddOptions.Increment) && double.IsFinite(score))
                key.Increment(SortedSet, member, Number.Of(score));
            else
                key.WriteScore(member, score);
            return ZAddOutcome.Added;
        }

        if (options.HasFlag(ZAddOptions.IfAbsent))
            return ZAddOutcome.Refused;
        double delta = score;
        if (options.HasFlag(ZAddOptions.Increment))
            score += before;
        if (double.IsNaN(score))
            return ZAddOutcome.NotANumber;
        if ((options.HasFlag(ZAddOptions.IfLess) && score >= before) || (options.HasFlag(ZAddOptions.IfGreater) && score <= before))
            return ZAddOutcome.Refused;

        // An infinite score takes no part in sums: it is written, so that no region ever adds up opposite infinities.
        if (options.HasFlag(ZAddOptions.Increment) && double.IsFinite(score) && double.IsFinite(before))
        {
            key.Increment(SortedSet, member, Number.Of(delta));
            key.TryGetScore(member, out score);
        }
        else
        {
            key.WriteScore(member, score);
        }

        return score == before ? ZAddOutcome.Same : ZAddOutcome.Updated;
    }

    private static bool TakeOption(ref ArgCursor at, out ZAddOptions option)
    {
        option = at.Take("NX"u8) ? ZAddOptions.IfAbsent
            : at.Take("XX"u8) ? ZAddOptions.IfPresent
            : at.Take("GT"u8) ? ZAddOptions.IfGreater
            : at.Take("LT"u8) ? ZAddOptions.IfLess
            : at.Take("CH"u8) ? ZAddOptions.CountChanged
            : at.Take("INCR"u8) ? ZAddOptions.Increment
            : ZAddOptions.None;
        return option != ZAddOptions.None;
    }

    private static bool AreCompatible(CommandContext ctx, ZAddOptions options, int pairs)
    {
        bool absent = options.HasFlag(ZAddOptions.IfAbsent);
        bool greater = options.HasFlag(ZAddOptions.IfGreater);
        bool less = options.HasFlag(ZAddOptions.IfLess);
        if (absent && options.HasFlag(ZAddOptions.IfPresent))
            ctx.Reply.Error("ERR XX and NX options at the same time are not compatible"u8);
        else if ((absent && (greater || less)) || (greater && less))
            ctx.Reply.Error("ERR GT, LT, and/or NX options at the same time are not compatible"u8);
        else if (options.HasFlag(ZAddOptions.Increment) && pairs > 1)
            ctx.Reply.Error("ERR INCR option supports a single increment-element pair"u8);
        else
            return true;
        return false;
    }

    private static void ZScore(CommandContext ctx)
    {
        if (ctx.TryOpen(1, SortedSet, out KeyView key))
            ReplyScore(ctx, key, 2);
    }

    private static void ZMScore(CommandContext ctx)
    {
        if (!ctx.TryOpen(1, SortedSet, out KeyView key))
            return;
        ctx.PrefetchElements(key, 2);
        ctx.Reply.ArrayHeader(ctx.Args.Count - 2);
        for (int i = 2; i < ctx.Args.Count; i++)
            ReplyScore(ctx, key, i);
    }

    /// <summary>The place of a member is counted from the nearer end only if it is the end asked for: time grows with the place.</summary>
    private static void ZRank(CommandContext ctx, bool reverse)
    {
        if (!ctx.TryOpen(1, SortedSet, out KeyView key))
            return;
        ReadOnlySpan<byte> member = ctx.Args[2];
        if (!key.TryGetScore(member, out double score))
        {
            ctx.Reply.Null();
            return;
        }

        using ElementCursor cursor = reverse ? key.ScanScores(min: score, reverse: true) : key.ScanScores(max: score);
        long rank = 0;
        while (cursor.MoveNext() && !cursor.Element.SequenceEqual(member))
            rank++;
        ctx.Reply.Integer(rank);
    }

    private static void ReplyScore(CommandContext ctx, KeyView key, int index)
    {
        if (key.TryGetScore(ctx.Args[index], out double score))
            ctx.Reply.Double(score);
        else
            ctx.Reply.Null();
    }
}
