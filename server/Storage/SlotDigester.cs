using MultiCloudKv.Foundation;
using MultiCloudKv.Merge;
using MultiCloudKv.Merge.Collection;
using MultiCloudKv.Merge.Records;
using MultiCloudKv.Server.Replication;
using MultiCloudKv.Server.Storage.Cache;

namespace MultiCloudKv.Server.Storage;

/// <summary>Digests for verify: of each slot, of one moment with its applied vector, and of its keys where asked for.</summary>
/// <remarks>Holds a stripe for one slot at a time; reads may block.</remarks>
internal static class SlotDigester
{
    public static IEnumerable<SlotDigest> Of(Engine engine, int firstSlot, int lastSlot, bool withKeys)
    {
        for (int slot = firstSlot; slot <= lastSlot; slot++)
        {
            SlotDigest? digest = Of(engine, slot, withKeys);
            if (digest is not null)
                yield return digest;
        }
    }

    private static SlotDigest? Of(Engine engine, int slot, bool withKeys)
    {
        Stripe stripe = engine.Cache.OfSlot(slot);
        stripe.Enter();
        try
        {
            stripe.Store.Begin(null);
            return Of(engine, stripe.Store, slot, withKeys);
        }
        finally
        {
            stripe.Exit();
        }
    }

    private static SlotDigest? Of(Engine engine, StripeStore store, int slot, bool withKeys)
    {
        long now = engine.Clock.NowMs;
        ulong digest = 0;
        long keys = 0;
        List<KeyDigestInfo> each = [];
        Span<byte> low = stackalloc byte[RecordKeys.OverheadMax];
        Span<byte> high = stackalloc byte[RecordKeys.OverheadMax];
        int lowLength = RecordKeys.SlotBound(low, RecordKind.Meta, slot);
        int highLength = RecordKeys.SlotBound(high, RecordKind.Meta, slot + 1);
        using (RecordCursor cursor = store.Scan(low[..lowLength], high[..highLength]))
        {
            while (cursor.MoveNext())
            {
                if (!MetaView.Read(cursor.Value).IsVisible(now) || !RecordKeys.TryParse(cursor.Key, out _, out uint ns, out ReadOnlySpan<byte> key, out _))
                    continue;
                KeyDigest of = KeyDigest.Of(store, slot, ns, key, now);
                ulong folded = Fold(of);
                keys++;
                digest = unchecked(digest + folded);
                if (withKeys)
                    each.Add(new KeyDigestInfo((int)ns, key.ToArray(), folded));
            }
        }

        if (keys == 0)
            return null;
        var vector = new StampVector();
        engine.Vectors.CopyApplied(slot, vector);
        return new SlotDigest(slot, vector, digest, keys, each);
    }

    private static ulong Fold(KeyDigest digest) => (ulong)digest.Stamped ^ (ulong)(digest.Stamped >> 64);
}
