using MultiCloudKv.Merge;
using MultiCloudKv.Merge.Transactions;
using MultiCloudKv.Resp;
using MultiCloudKv.Server.Keyspace;

namespace MultiCloudKv.Server.Commands;

/// <summary>ZRANGE in all its forms, the commands it replaces, and counts of ranges.</summary>
internal static class SortedSetRangeCommands
{
    public static IEnumerable<(string Name, CommandHandler Handler)> Handlers =>
    [
        ("zrange", ctx => Range(ctx, kind: null, reverse: null)),
        ("zrevrange", ctx => Range(ctx, RangeKind.Places, reverse: true)),
        ("zrangebyscore", ctx => Range(ctx, RangeKind.Scores, reverse: false)),
        ("zrevrangebyscore", ctx => Range(ctx, RangeKind.Scores, reverse: true)),
        ("zrangebylex", ctx => Range(ctx, RangeKind.Names, reverse: false)),
        ("zrevrangebylex", ctx => Range(ctx, RangeKind.Names, reverse: true)),
        ("zrangestore", RangeStore),
        ("zcount", ctx => CountRange(ctx, RangeKind.Scores)),
        ("zlexcount", ctx => CountRange(ctx, RangeKind.Names)),
    ];

    /// <summary>Reads the two bounds of a range; otherwise answers the error and returns false.</summary>
    public static bool TryParseBounds(CommandContext ctx, int index, RangeKind kind, ref SortedSetRange range)
    {
        ReadOnlySpan<byte> min = ctx.Args[range.Reverse && kind != RangeKind.Places ? index + 1 : index];
        ReadOnlySpan<byte> max = ctx.Args[range.Reverse && kind != RangeKind.Places ? index : index + 1];
        range.Kind = kind;
        switch (kind)
        {
            case RangeKind.Places:
                if (!ctx.TryInt64(min, out long start) || !ctx.TryInt64(max, out long end))
                    return false;
                range.Start = start;
                range.End = end;
                return true;
            case RangeKind.Scores:
                if (ScoreRange.TryParse(min, max, out ScoreRange scores))
                {
                    range.Scores = scores;
                    return true;
                }

                ctx.Reply.Error(RespErrors.MinMaxNotFloat);
                return false;
            default:
                if (NameRange.TryParse(min, max, out NameRange names))
                {
                    range.Names = names;
                    return true;
                }

                ctx.Reply.Error(RespErrors.MinMaxNotString);
                return false;
        }
    }

    private static void Range(CommandContext ctx, RangeKind? kind, bool? reverse)
    {
        var range = new SortedSetRange();
        if (!TryParse(ctx, 1, kind, reverse, mayShowScores: true, ref range, out bool withScores) ||
            !ctx.TryOpen(1, ElementType.SortedSet, out KeyView key))
            return;
        var members = new ElementBuffer();
        if (key.Exists)
            range.Read(key, members);
        ReplyMembers(ctx, members, withScores, nested: ctx.Reply.IsResp3);
    }

    /// <summary>Members, with their scores if asked for: in pairs, or one after the other.</summary>
    public static void ReplyMembers(CommandContext ctx, ElementBuffer members, bool withScores, bool nested)
    {
        ctx.Reply.ArrayHeader(withScores && !nested ? members.Count * 2 : members.Count);
        for (int i = 0; i < members.Count; i++)
        {
            if (withScores && nested)
                ctx.Reply.ArrayHeader(2);
            ctx.Reply.Bulk(members[i]);
            if (withScores)
                ctx.Reply.Double(members.ScoreOf(i));
        }
    }

    private static void RangeStore(CommandContext ctx)
    {
        var range = new SortedSetRange();
        if (!TryParse(ctx, 2, kind: null, reverse: null, mayShowScores: false, ref range, out _) ||
            !ctx.TryOpen(2, ElementType.SortedSet, out KeyView source))
            return;
        var members = new ElementBuffer();
        if (source.Exists)
            range.Read(source, members);
        KeyView target = ctx.Open(1);
        target.RemoveKey();
        for (int i = 0; i < members.Count; i++)
            target.WriteScore(members[i], members.ScoreOf(i));
        ctx.Reply.Integer(members.Count);
    }

    private static void CountRange(CommandContext ctx, RangeKind kind)
    {
        var range = new SortedSetRange();
        if (TryParseBounds(ctx, 2, kind, ref range) && ctx.TryOpen(1, ElementType.SortedSet, out KeyView key))
            ctx.Reply.Integer(key.Exists ? range.CountIn(key) : 0);
    }

    /// <summary>Reads what follows the key at <paramref name="keyIndex"/>: bounds and options. Null: an option may say it.</summary>
    private static bool TryParse(
        CommandContext ctx, int keyIndex, RangeKind? kind, bool? reverse, bool mayShowScores, ref SortedSetRange range, out bool withScores)
    {
        withScores = false;
        ArgCursor options = ctx.Options(keyIndex + 3);
        while (!options.AtEnd)
        {
            if (mayShowScores && options.Take("WITHSCORES"u8))
            {
                withScores = true;
            }
            else if (options.Take("LIMIT"u8, 2))
            {
                if (!ctx.TryInt64(options.Next(), out long offset) || !ctx.TryInt64(options.Next(), out long limit))
                    return false;
                range.Offset = offset;
                range.Limit = limit;
            }
            else if (reverse is null && options.Take("REV"u8))
            {
                reverse = true;
            }
            else if (kind is null && options.Take("BYLEX"u8))
            {
                kind = RangeKind.Names;
            }
            else if (kind is null && options.Take("BYSCORE"u8))
            {
                kind = RangeKind.Scores;
            }
            else
            {
                ctx.SyntaxError();
                return false;
            }
        }

        range.Reverse = reverse ?? false;
        kind ??= RangeKind.Places;
        if (range.Limit != -1 && kind == RangeKind.Places)
        {
            ctx.Reply.Error("ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX"u8);
            return false;
        }

        if (withScores && kind == RangeKind.Names)
        {
            ctx.Reply.Error("ERR syntax error, WITHSCORES not supported in combination with BYLEX"u8);
            return false;
        }

        return TryParseBounds(ctx, keyIndex + 1, kind.Value, ref range);
    }
}
