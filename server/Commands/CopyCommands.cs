using MultiCloudKv.Merge;
using MultiCloudKv.Merge.Transactions;
using MultiCloudKv.Resp;

namespace MultiCloudKv.Server.Commands;

/// <summary>
/// RENAME and COPY: what was at the target is removed, and what shows at the source is written there: a counter as its
/// digits, a string's expiry as its own, another type's as an expiry of the key. RENAME removes the source as it was seen here.
/// </summary>
internal static class CopyCommands
{
    public static IEnumerable<(string Name, CommandHandler Handler)> Handlers =>
    [
        ("rename", ctx => Rename(ctx, ifAbsent: false)),
        ("renamenx", ctx => Rename(ctx, ifAbsent: true)),
        ("copy", Copy),
        ("move", Move),
    ];

    private static void Rename(CommandContext ctx, bool ifAbsent)
    {
        KeyView source = ctx.Open(1);
        if (!source.Exists)
        {
            ctx.Reply.Error(RespErrors.NoSuchKey);
            return;
        }

        KeyView target = ctx.Open(2);
        bool same = ctx.Args[1].SequenceEqual(ctx.Args[2]);
        bool refused = ifAbsent && (same || target.Exists);
        if (!same && !refused)
        {
            CopyTo(source, target);
            source.RemoveKey();
        }

        if (ifAbsent)
            ctx.Reply.Integer(refused ? 0 : 1);
        else
            ctx.Reply.Ok();
    }

    private static void Copy(CommandContext ctx)
    {
        bool replace = false;
        ArgCursor options = ctx.Options(3);
        while (!options.AtEnd)
        {
            if (options.Take("REPLACE"u8))
            {
                replace = true;
            }
            else if (options.Take("DB"u8, 1))
            {
                if (!ctx.TryInt64(options.Next(), out long database))
                    return;
                if (database != 0)
                {
                    ctx.Reply.Error(RespErrors.DbIndexOutOfRange);
                    return;
                }
            }
            else
            {
                ctx.SyntaxError();
                return;
            }
        }

        if (ctx.Args[1].SequenceEqual(ctx.Args[2]))
        {
            ctx.Reply.Error(RespErrors.SameObject);
            return;
        }

        KeyView source = ctx.Open(1);
        KeyView target = ctx.Open(2);
        bool copies = source.Exists && (replace || !target.Exists);
        if (copies)
            CopyTo(source, target);
        ctx.Reply.Integer(copies ? 1 : 0);
    }

    /// <summary>There is one database, so a key is where it would go, or there is no such place.</summary>
    private static void Move(CommandContext ctx)
    {
        if (!RespNumbers.TryParseInt64(ctx.Args[2], out long database))
            ctx.Reply.Error(RespErrors.NotInteger);
        else
            ctx.Reply.Error(database == 0 ? RespErrors.SameObject : RespErrors.DbIndexOutOfRange);
    }

    private static void CopyTo(KeyView source, KeyView target)
    {
        if (source.Type == ElementType.String)
        {
            target.Set(source.StringValue.ToArray(), source.ExpiryMs);
            return;
        }

        long expiryMs = source.ExpiryMs;
        target.RemoveKey();
        using (ElementCursor cursor = source.Scan())
        {
            while (cursor.MoveNext())
            {
                if (source.Type == ElementType.SortedSet)
                    target.WriteScore(cursor.Element, cursor.Score);
                else
                    target.Write(source.Type, cursor.Element, cursor.Value);
            }
        }

        if (expiryMs != long.MaxValue)
            target.Expire(expiryMs);
    }
}
