using MultiCloudKv.Foundation;
using MultiCloudKv.Merge;
using MultiCloudKv.Resp;
using MultiCloudKv.Server.Keyspace;

namespace MultiCloudKv.Server.Commands;

/// <summary>
/// The keyspace as a whole. A SCAN cursor is the slot to go on in (14 bits) over a hash of the last key visited in it (48 bits, 0
/// for the slot's beginning), see <see cref="ScanPositions"/>; a key that is there from the first call to the last is returned.
/// </summary>
internal sealed class KeyspaceCommands(ScanPositions positions)
{
    private const int CursorHashBits = 48;
    private const ulong CursorHashMask = (1UL << CursorHashBits) - 1;

    /// <summary>RANDOMKEY chooses evenly among so many keys of a slot.</summary>
    private const int RandomKeysPerSlotMax = 1024;

    public IEnumerable<(string Name, CommandHandler Handler)> Handlers =>
    [
        ("scan", ctx => Walk(ctx, Scan)),
        ("keys", ctx => Walk(ctx, Keys)),
        ("randomkey", ctx => Walk(ctx, RandomKey)),
        ("dbsize", DbSize),
        ("flushall", Flush),
        ("flushdb", Flush),
    ];

    /// <summary>
    /// A walk in which something is not in memory does not begin again for each piece that is loaded: it moves to a thread that may
    /// wait for the disk. Inside EXEC, where the stripes are held, it is stopped and run again as any command.
    /// </summary>
    private static void Walk(CommandContext ctx, Action<CommandContext, KeyspaceWalk> walk)
    {
        int mark = ctx.Reply.Mark();
        try
        {
            walk(ctx, new KeyspaceWalk(ctx));
        }
        catch (NotResidentException) when (!ctx.InTransaction)
        {
            ctx.Reply.Truncate(mark);
            ctx.Defer((waiting, cancel) => new ValueTask(Task.Factory.StartNew(() => WalkWaiting(waiting, walk), cancel, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        }
    }

    private static void WalkWaiting(CommandContext ctx, Action<CommandContext, KeyspaceWalk> walk)
    {
        int mark = ctx.Reply.Mark();
        try
        {
            walk(ctx, new KeyspaceWalk(ctx) { MayWait = true });
        }
        catch (ReplyTooLargeException)
        {
            ctx.Reply.Truncate(mark);
            ctx.Reply.Error(RespErrors.ReplyTooLarge);
        }
    }

    private void Scan(CommandContext ctx, KeyspaceWalk walk)
    {
        if (!ScanOptions.TryParseCursor(ctx, 1, out ulong cursor) || !ScanOptions.TryParse(ctx, 2, mayHaveType: true, out ScanOptions options))
            return;
        long left = options.Count;
        byte[]? pattern = options.Pattern;
        byte[]? type = options.HasType ? options.Type.ToArray() : null;
        int slot = (int)(cursor >> CursorHashBits);
        if (slot >= Slots.Count)
            slot = 0;
        byte[]? after = slot == (int)(cursor >> CursorHashBits) && (cursor & CursorHashMask) != 0 ? Find(walk, slot, cursor) : null;
        var found = new ElementBuffer();
        byte[]? last = null;
        int lastSlot = 0;
        bool more = false;
        walk.From(slot, after, (int at, ReadOnlySpan<byte> key, in MetaView meta) =>
        {
            if (left == 0)
            {
                more = true;
                return false;
            }

            if ((type is null || HasType(meta.Type, type)) && (pattern is null || GlobPattern.IsMatch(pattern, key)))
                found.Add(key);
            if (--left == 0)
            {
                last = key.ToArray();
                lastSlot = at;
            }

            return true;
        });

        ulong next = 0;
        if (more)
        {
            next = Cursor(lastSlot, last);
            positions.Remember(next, last);
        }

        ctx.Reply.ArrayHeader(2);
        ctx.Reply.BulkInteger((long)next);
        ctx.Reply.ArrayHeader(found.Count);
        for (int i = 0; i < found.Count; i++)
            ctx.Reply.Bulk(found[i]);
    }

    private byte[]? Find(KeyspaceWalk walk, int slot, ulong cursor)
    {
        byte[]? name = positions.Find(cursor);
        if (name is not null)
            return name;
        walk.In(slot, (int at, ReadOnlySpan<byte> key, in MetaView _) =>
        {
            if (Cursor(at, key) == cursor)
                name = key.ToArray();
            return name is null;
        });
        return name;
    }

    private static ulong Cursor(int slot, ReadOnlySpan<byte> key) =>
        ((ulong)slot << CursorHashBits) | Math.Max(ScanPositions.Hash(key) & CursorHashMask, 1);

    private static bool HasType(ElementType type, ReadOnlySpan<byte> name)
    {
        ReadOnlySpan<byte> own = KeyCommands.NameOf(type);
        if (own.Length != name.Length)
            return false;
        for (int i = 0; i < own.Length; i++)
        {
            if ((name[i] | 0x20) != own[i])
                return false;
        }

        return true;
    }

    private static void Keys(CommandContext ctx, KeyspaceWalk walk)
    {
        byte[] pattern = ctx.Args[1].ToArray();
        bool all = GlobPattern.IsAll(pattern);
        int mark = ctx.Reply.BeginDeferred();
        int count = 0;
        walk.From(0, (int _, ReadOnlySpan<byte> key, in MetaView _) =>
        {
            if (!all && !GlobPattern.IsMatch(pattern, key))
                return true;
            ctx.Reply.Bulk(key);
            count++;
            return true;
        });
        ctx.Reply.EndArray(mark, count);
    }

    /// <summary>A slot by chance, or the next one that holds keys, and any of its first keys: even where keys are many more than slots.</summary>
    private static void RandomKey(CommandContext ctx, KeyspaceWalk walk)
    {
        var random = new FastRandom(ctx.RandomState);
        int start = (int)random.Next(Slots.Count);
        byte[]? chosen = null;
        int slot = -1;
        int seen = 0;
        bool Choose(int at, ReadOnlySpan<byte> key, in MetaView meta)
        {
            if (slot >= 0 && (at != slot || seen == RandomKeysPerSlotMax))
                return false;
            slot = at;
            if (random.Next(++seen) == 0)
                chosen = key.ToArray();
            return true;
        }

        walk.From(start, Choose);
        if (chosen is null)
            walk.From(0, Choose);
        ctx.RandomState = random.State;
        if (chosen is null)
            ctx.Reply.Null();
        else
            ctx.Reply.Bulk(chosen);
    }

    private static void DbSize(CommandContext ctx)
    {
        if (!ctx.InTransaction)
        {
            ctx.Reply.Integer(ctx.Services.Engine.CountKeys());
            return;
        }

        long count = 0;
        new KeyspaceWalk(ctx).From(0, (int _, ReadOnlySpan<byte> _, in MetaView _) =>
        {
            count++;
            return true;
        });
        ctx.Reply.Integer(count);
    }

    private static void Flush(CommandContext ctx)
    {
        ArgCursor options = ctx.Options(1);
        if (!options.AtEnd && (options.Remaining > 1 || !(options.Take("ASYNC"u8) || options.Take("SYNC"u8))))
        {
            ctx.SyntaxError();
            return;
        }

        for (int slot = 0; slot < Slots.Count; slot++)
            ctx.Tx.ClearSlot(slot);
        ctx.Reply.Ok();
    }
}
