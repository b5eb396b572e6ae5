using MultiCloudKv.Foundation;
using MultiCloudKv.Merge;
using MultiCloudKv.Merge.Records;
using MultiCloudKv.Server.Commands;
using MultiCloudKv.Server.Storage;
using MultiCloudKv.Server.Storage.Cache;

namespace MultiCloudKv.Server.Keyspace;

/// <summary>
/// Goes through the visible keys in the order of their records: by slot, within a slot by length and then by bytes. One stripe
/// is held at a time, so a walk sees each stripe at one moment and different stripes at different ones. Inside EXEC all
/// stripes are held, and what the transaction has written so far is seen.
/// </summary>
/// <remarks>Owned by one command.</remarks>
internal sealed class KeyspaceWalk(CommandContext ctx)
{
    private const int SlotsPerStripe = Slots.Count / RecordCache.StripeCount;

    private readonly RecordKeyBuffer _keys = new();

    /// <summary>Reads from disk where a record is not in memory, instead of ending the attempt: for threads that may wait.</summary>
    public bool MayWait { get; init; }

    /// <summary>Visits every key of a slot and those after it.</summary>
    public void From(int slot, KeyVisitor visit) => From(slot, after: null, visit);

    /// <summary>Visits the keys of a slot that come after a key (null: all), and of the slots after it, until the visitor has had enough.</summary>
    public void From(int slot, byte[]? after, KeyVisitor visit)
    {
        bool more = true;
        while (more && slot < Slots.Count)
        {
            int end = (slot / SlotsPerStripe * SlotsPerStripe) + SlotsPerStripe;
            more = VisitHeld(slot, end, after, visit);
            slot = end;
            after = null;
        }
    }

    /// <summary>Visits the keys of one slot.</summary>
    public void In(int slot, KeyVisitor visit) => VisitHeld(slot, slot + 1, after: null, visit);

    private bool VisitHeld(int from, int to, byte[]? after, KeyVisitor visit)
    {
        if (ctx.InTransaction)
            return VisitSlots(from, to, after, visit);
        StorageSession session = ctx.Session;
        session.Enter([from]);
        try
        {
            if (MayWait)
                session.AllowBlockingReads();
            return VisitSlots(from, to, after, visit);
        }
        finally
        {
            session.Exit();
        }
    }

    private bool VisitSlots(int from, int to, byte[]? after, KeyVisitor visit)
    {
        for (int slot = from; slot < to; slot++)
        {
            if (!VisitSlot(slot, slot == from ? after : null, visit))
                return false;
        }

        return true;
    }

    private bool VisitSlot(int slot, byte[]? after, KeyVisitor visit)
    {
        Span<byte> bound = stackalloc byte[2 * 3];
        int low = RecordKeys.SlotBound(bound, RecordKind.Meta, slot);
        int high = RecordKeys.SlotBound(bound[low..], RecordKind.Meta, slot + 1);
        using RecordCursor cursor = ctx.Tx.StoreOf(slot).Scan(after is null ? bound[..low] : Following(slot, after), bound.Slice(low, high));
        while (cursor.MoveNext())
        {
            if (!RecordKeys.TryParse(cursor.Key, out _, out uint ns, out ReadOnlySpan<byte> key, out _) || ns != ctx.Tx.Namespace)
                continue;
            MetaView meta = MetaView.Read(cursor.Value);
            if (meta.IsVisible(ctx.NowMs) && !visit(slot, key, meta))
                return false;
        }

        return true;
    }

    /// <summary>The first record key after that of a key.</summary>
    private byte[] Following(int slot, ReadOnlySpan<byte> key)
    {
        _keys.Set(slot, ctx.Tx.Namespace, key);
        return [.. _keys.Meta(), 0];
    }
}
