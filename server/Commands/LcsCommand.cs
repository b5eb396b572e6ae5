using MultiCloudKv.Merge;
using MultiCloudKv.Merge.Transactions;
using MultiCloudKv.Resp;
using MultiCloudKv.Server.Keyspace;

namespace MultiCloudKv.Server.Commands;

/// <summary>LCS: the longest common subsequence of two strings, its length, or where it lies in both.</summary>
internal static class LcsCommand
{
    public static IEnumerable<(string Name, CommandHandler Handler)> Handlers => [("lcs", Lcs)];

    private static void Lcs(CommandContext ctx)
    {
        KeyView first = ctx.Open(1);
        KeyView second = ctx.Open(2);
        if (!IsStringOrAbsent(first) || !IsStringOrAbsent(second))
        {
            ctx.Reply.Error("ERR The specified keys must contain string values"u8);
            return;
        }

        if (!TryParse(ctx, out bool length, out bool places, out bool withLengths, out long lengthMin))
            return;
        byte[] a = first.Exists ? first.StringValue.ToArray() : [];
        byte[] b = second.Exists ? second.StringValue.ToArray() : [];
        if (!CommonSubsequence.TryFind(a, b, out CommonSubsequence? found))
            ctx.Reply.Error("ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len"u8);
        else if (places)
            ReplyPlaces(ctx, found, withLengths, lengthMin);
        else if (length)
            ctx.Reply.Integer(found.Length);
        else
            ctx.Reply.Bulk(found.Text(a));
    }

    private static bool IsStringOrAbsent(KeyView key) => key.Type is ElementType.String or ElementType.None;

    private static bool TryParse(CommandContext ctx, out bool length, out bool places, out bool withLengths, out long lengthMin)
    {
        length = places = withLengths = false;
        lengthMin = 0;
        ArgCursor options = ctx.Options(3);
        while (!options.AtEnd)
        {
            if (options.Take("IDX"u8))
                places = true;
            else if (options.Take("LEN"u8))
                length = true;
            else if (options.Take("WITHMATCHLEN"u8))
                withLengths = true;
            else if (!options.Take("MINMATCHLEN"u8, 1))
            {
                ctx.SyntaxError();
                return false;
            }
            else if (!ctx.TryInt64(options.Next(), out lengthMin))
            {
                return false;
            }
        }

        if (!length || !places)
            return true;
        ctx.Reply.Error("ERR If you want both the length and indexes, please just use IDX."u8);
        return false;
    }

    private static void ReplyPlaces(CommandContext ctx, CommonSubsequence found, bool withLengths, long lengthMin)
    {
        RespWriter reply = ctx.Reply;
        List<CommonSubsequence.Run> runs = found.Runs.FindAll(run => run.Length >= lengthMin);
        reply.MapHeader(2);
        reply.Bulk("matches"u8);
        reply.ArrayHeader(runs.Count);
        foreach (CommonSubsequence.Run run in runs)
        {
            reply.ArrayHeader(withLengths ? 3 : 2);
            reply.ArrayHeader(2);
            reply.Integer(run.First);
            reply.Integer(run.First + run.Length - 1);
            reply.ArrayHeader(2);
            reply.Integer(run.Second);
            reply.Integer(run.Second + run.Length - 1);
            if (withLengths)
                reply.Integer(run.Length);
        }

        reply.Bulk("len"u8);
        reply.Integer(found.Length);
    }
}
