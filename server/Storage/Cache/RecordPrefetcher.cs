using MultiCloudKv.Foundation;
using MultiCloudKv.Merge.Records;

namespace MultiCloudKv.Server.Storage.Cache;

/// <summary>
/// Brings the records of keys that are about to be used into the processor's caches, some at a time. To find a record means two
/// reads of memory that nothing has touched lately, the table's entry and then the record, and the second waits for the first;
/// with the keys of a whole round or batch at hand these waits overlap.
/// </summary>
/// <remarks>
/// Steps: <see cref="Add"/> up to <see cref="KeysMax"/> keys, which asks for their entries; <see cref="Finish"/>, which reads the entries and asks
/// for the records. Asks for the stripes' own parts as well. Takes no lock and promises nothing: it only warms. Used by one thread.
/// </remarks>
internal sealed class RecordPrefetcher
{
    /// <summary>Keys of one turn: about as many misses as a core has under way, a few times over.</summary>
    public const int KeysMax = 32;

    private readonly RecordKeyBuffer _record = new();
    private readonly StripeParts[] _stripes = new StripeParts[RecordCache.StripeCount];
    private readonly PointerTable[] _tables = new PointerTable[KeysMax];
    private readonly ulong[] _hashes = new ulong[KeysMax];
    private int _count;

    public RecordPrefetcher(RecordCache cache)
    {
        for (int i = 0; i < _stripes.Length; i++)
            _stripes[i] = new StripeParts(cache[i]);
    }

    public bool HasRoom => _count < KeysMax;

    /// <summary>Adds a key; there is room.</summary>
    public void Add(int slot, uint ns, ReadOnlySpan<byte> key)
    {
        _record.Set(slot, ns, key);
        ulong hash = KeyHash.Of(_record.Meta());
        ref StripeParts stripe = ref _stripes[RecordCache.StripeOf(slot)];
        stripe.Prefetch();
        PointerTable table = stripe.Table;
        table.PrefetchEntry(hash);
        _tables[_count] = table;
        _hashes[_count++] = hash;
    }

    /// <summary>Ends a turn.</summary>
    public void Finish()
    {
        for (int i = 0; i < _count; i++)
            _tables[i].PrefetchRecord(_hashes[i]);
        _count = 0;
    }

    /// <summary>What a command touches of its stripe. There are too many stripes for all of it to stay in the nearest caches.</summary>
    private struct StripeParts(Stripe stripe)
    {
        private Stripe _stripe = stripe;
        private StripeStore _store = stripe.Store;
        private StripeRecords _records = stripe.Records;
        private ChainDirectory _chains = stripe.Records.Chains;

        public PointerTable Table { get; } = stripe.Records.Table;

        public void Prefetch()
        {
            CacheLine.PrefetchObject(ref _stripe);
            CacheLine.PrefetchObject(ref _store);
            CacheLine.PrefetchObject(ref _records);
            CacheLine.PrefetchObject(ref _chains);
        }
    }
}
