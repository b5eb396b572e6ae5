using MultiCloudKv.Merge;
using MultiCloudKv.Merge.Transactions;
using MultiCloudKv.Resp;
using MultiCloudKv.Server.Keyspace;

namespace MultiCloudKv.Server.Commands;

/// <summary>
/// HSCAN, SSCAN and ZSCAN: through a collection in byte order. A small collection comes in one reply. A cursor stands for the last
/// element visited (see <see cref="ScanPositions"/>): what is there from the first call to the last is returned.
/// </summary>
internal sealed class ElementScanCommands(ScanPositions positions)
{
    private const int OneReplyCountMax = 128;

    public IEnumerable<(string Name, CommandHandler Handler)> Handlers =>
    [
        ("hscan", ctx => Scan(ctx, ElementType.Hash)),
        ("sscan", ctx => Scan(ctx, ElementType.Set)),
        ("zscan", ctx => Scan(ctx, ElementType.SortedSet)),
    ];

    private void Scan(CommandContext ctx, ElementType type)
    {
        if (!ScanOptions.TryParseCursor(ctx, 2, out ulong cursor) || !ctx.TryOpen(1, type, out KeyView key))
            return;
        if (!key.Exists)
        {
            ctx.Reply.ArrayHeader(2);
            ctx.Reply.Bulk("0"u8);
            ctx.Reply.EmptyArray();
            return;
        }

        if (!ScanOptions.TryParse(ctx, 3, mayHaveType: false, out ScanOptions options))
            return;
        long count = key.Count <= OneReplyCountMax ? long.MaxValue : options.Count;
        byte[]? pattern = options.Pattern;
        ulong seed = ScanPositions.Hash(ctx.Args[1]);
        byte[]? after = cursor == 0 ? null : Find(key, cursor, seed);
        var found = new ElementBuffer();
        ulong next = 0;
        using (ElementCursor elements = key.Scan(after))
        {
            byte[] last = [];
            while (elements.MoveNext())
            {
                if (after is not null && elements.Element.SequenceEqual(after))
                    continue;
                if (count == 0)
                {
                    next = Cursor(last, seed);
                    positions.Remember(next, last);
                    break;
                }

                if (pattern is null || GlobPattern.IsMatch(pattern, elements.Element))
                    Add(found, elements, type);
                if (--count == 0)
                    last = elements.Element.ToArray();
            }
        }

        Reply(ctx, next, found, type);
    }

    private static void Add(ElementBuffer found, ElementCursor elements, ElementType type)
    {
        found.Add(elements.Element, type == ElementType.SortedSet ? elements.Score : 0);
        if (type == ElementType.Hash)
            found.Add(elements.Value);
    }

    private static void Reply(CommandContext ctx, ulong next, ElementBuffer found, ElementType type)
    {
        Span<byte> digits = stackalloc byte[RespNumbers.DoubleBytesMax];
        ctx.Reply.ArrayHeader(2);
        ctx.Reply.BulkInteger((long)next);
        ctx.Reply.ArrayHeader(type == ElementType.SortedSet ? found.Count * 2 : found.Count);
        for (int i = 0; i < found.Count; i++)
        {
            ctx.Reply.Bulk(found[i]);
            if (type == ElementType.SortedSet)
                ctx.Reply.Bulk(digits[..RespNumbers.FormatDouble(found.ScoreOf(i), digits)]);
        }
    }

    private byte[]? Find(KeyView key, ulong cursor, ulong seed)
    {
        if (positions.Find(cursor) is { } remembered)
            return remembered;
        using ElementCursor elements = key.Scan();
        while (elements.MoveNext())
        {
            if (Cursor(elements.Element, seed) == cursor)
                return elements.Element.ToArray();
        }

        return null;
    }

    /// <summary>63 bits, so that a client which reads cursors as signed numbers gives them back unchanged.</summary>
    private static ulong Cursor(ReadOnlySpan<byte> element, ulong seed) => Math.Max(ScanPositions.Hash(element, seed) >> 1, 1);
}
