using MultiCloudKv.Merge;
using MultiCloudKv.Merge.Records;

namespace MultiCloudKv.Server.Storage.Cache;

/// <summary>
/// As <see cref="RecordPrefetcher"/>, for what lies behind a collection's meta record: the record of an element that is about to be
/// used, and for a sorted set's member whose score is about to change the places of the old score and of the new one. Each is known only
/// from the one before; done for many requests at a time, the waits overlap.
/// </summary>
/// <remarks>
/// Steps: <see cref="Add"/> elements of keys whose meta records have been asked for, <see cref="Finish"/>. Reads records, so it takes the
/// stripes, each for one look-up and only if it is free. Promises nothing: it only warms. Used by one thread.
/// </remarks>
internal sealed unsafe class ElementPrefetcher(RecordCache cache)
{
    private readonly RecordKeyBuffer _keys = new();
    private readonly ElementUse[] _uses = new ElementUse[RecordPrefetcher.KeysMax];
    private int _count;

    /// <summary>Adds an element; there is room for as many as <see cref="RecordPrefetcher"/> takes keys.</summary>
    public void Add(in ElementUse use) => _uses[_count++] = use;

    /// <summary>Ends a turn.</summary>
    public void Finish()
    {
        if (_count == 0)
            return;
        Span<ElementUse> uses = _uses.AsSpan(0, _count);
        foreach (ref ElementUse use in uses)
            AskForElement(ref use);
        foreach (ref ElementUse use in uses)
            AskForRecord(use);
        foreach (ref ElementUse use in uses)
            AskForScores(ref use);
        foreach (ref ElementUse use in uses)
            AskForRecord(use);
        uses.Clear();
        _count = 0;
    }

    private static void AskForRecord(in ElementUse use)
    {
        if (use.Hash != 0)
            use.Stripe!.Records.Table.PrefetchRecord(use.Hash);
    }

    private void AskForElement(ref ElementUse use)
    {
        Stripe stripe = cache[RecordCache.StripeOf(use.Slot)];
        use.Stripe = stripe;
        _keys.Set(use.Slot, 0, use.Key);
        ReadOnlySpan<byte> meta = _keys.Meta();
        ulong hash = KeyHash.Of(meta);
        if (!stripe.TryEnter())
            return;
        ulong* entry = stripe.Records.Table.Find(hash, meta);
        if (entry != null && PlainRecords.TryCollection(Record.Value((Record*)PointerTable.Pointer(*entry)), out use.Type, out use.Version, out use.Scored))
        {
            use.Hash = KeyHash.Of(_keys.Element(use.Version, use.Type, use.Element));
            stripe.Records.Table.PrefetchEntry(use.Hash);
        }

        stripe.ExitPlain();
    }

    private void AskForScores(ref ElementUse use)
    {
        ulong element = use.Hash;
        use.Hash = 0;
        if (element == 0 || !use.Scored || use.Score is not { } score)
            return;
        Stripe stripe = use.Stripe!;
        _keys.Set(use.Slot, 0, use.Key);
        if (!stripe.TryEnter())
            return;
        PointerTable table = stripe.Records.Table;
        ulong* entry = table.Find(element, _keys.Element(use.Version, use.Type, use.Element));
        if (entry != null && PlainRecords.TryScore(Record.Value((Record*)PointerTable.Pointer(*entry)), out double before))
        {
            use.Hash = KeyHash.Of(_keys.Score(use.Version, before, use.Element));
            table.PrefetchEntry(use.Hash);
        }

        table.PrefetchEntry(KeyHash.Of(_keys.Score(use.Version, score, use.Element)));
        stripe.ExitPlain();
    }
}
