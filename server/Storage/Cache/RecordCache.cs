using MultiCloudKv.Foundation;

namespace MultiCloudKv.Server.Storage.Cache;

/// <summary>
/// The records in memory, over a checkpoint store that holds the state of the last flushed epoch.
/// <para>
/// <b>Purpose.</b> Every command reads and changes records here, without a call into the store below where memory
/// suffices; what was changed goes down once per epoch, sorted, in one atomic step. The binlog is the truth in between:
/// recovery opens the store and replays the log from the cut.
/// </para>
/// <para>
/// <b>Invariants.</b> The cache shadows the store: a record here, tombstones included, is newer than or equal to the one
/// below. What is neither here nor known to be absent may be below. A record is clean only if the store holds exactly
/// it. The store changes only by the epoch flush, and a record stays dirty until its flush is durable, so a read of the
/// store under the stripe's lock is right at any time, and a read made without the lock may be inserted if no flush
/// has ended in between (<see cref="FlushSequence"/>).
/// </para>
/// <para>
/// <b>Bounds.</b> Memory of all records, their table and chains: <see cref="RecordCacheOptions.CacheBytes"/>, kept by whoever adds
/// (a stripe evicts as it is let go, first its own clean records, then those of other stripes it can take without
/// waiting). Dirty memory: <see cref="RecordCacheOptions.DirtyBytes"/>, at which <see cref="WaitForDirtySpaceAsync"/> holds
/// writers back. Both are exceeded by at most what the commands under way add. The table's segments are not given back
/// before the end: 10 to 20 bytes for the largest number of records there ever were.
/// </para>
/// <para>
/// <b>Threading.</b> Stripes have a lock each; everything else here is safe from any thread.
/// </para>
/// </summary>
public sealed class RecordCache : IDisposable
{
    /// <summary>Number of stripes.</summary>
    public const int StripeCount = Slots.Count / Stripe.SlotCount;

    private const int HelpedStripes = 4;

    private readonly Stripe[] _stripes = new Stripe[StripeCount];
    private int _helped;
    private long _dirtyWaits;
    private long _flushSequence;

    /// <param name="options">Bounds.</param>
    /// <param name="store">The checkpoint store below; stays the caller's.</param>
    /// <param name="firstEpoch">Number of the first open epoch, at least 1.</param>
    public RecordCache(RecordCacheOptions options, CheckpointStore store, uint firstEpoch = 1)
    {
        options.Validate();
        ArgumentOutOfRangeException.ThrowIfZero(firstEpoch);
        Options = options;
        Store = store;
        StartedEmpty = store.IsEmpty;
        Account = new CacheAccount(options);
        for (int i = 0; i < StripeCount; i++)
            _stripes[i] = new Stripe(this, i, Account, firstEpoch);
        Epochs = new EpochManager(this, firstEpoch);
        Loader = new RecordLoader(this);
    }

    public RecordCacheOptions Options { get; }

    public CheckpointStore Store { get; }

    public EpochManager Epochs { get; }

    public RecordLoader Loader { get; }

    /// <summary>
    /// Called with a stripe held, at the moment it passes an epoch's cut: what it returns is kept with the closed epoch
    /// (<see cref="ClosedEpoch.Captured"/>). A copy of the slots' applied vectors, say.
    /// </summary>
    public Func<Stripe, object?>? Capture { get; set; }

    internal CacheAccount Account { get; }

    internal bool StartedEmpty { get; }

    /// <summary>Number of flushes begun and ended: odd while one changes the store.</summary>
    internal long FlushSequence => Volatile.Read(ref _flushSequence);

    /// <summary>The stripe of an index, 0 to 127.</summary>
    public Stripe this[int index] => _stripes[index];

    public static int StripeOf(int slot) => slot / Stripe.SlotCount;

    /// <summary>The stripe of a slot.</summary>
    public Stripe OfSlot(int slot) => _stripes[slot / Stripe.SlotCount];

    /// <summary>False while writers wait in <see cref="WaitForDirtySpaceAsync"/>.</summary>
    public bool HasDirtySpace => Account.Dirty < Account.DirtyMax;

    /// <summary>True when no record can be missing from memory: the store was empty at the start and nothing was evicted since.</summary>
    public bool HoldsEverything => StartedEmpty && !Account.HasEvicted;

    /// <summary>
    /// To be called by a writer before it takes its stripes: returns at once while there is room for changed records,
    /// else when an epoch has been written.
    /// </summary>
    public ValueTask WaitForDirtySpaceAsync(CancellationToken cancel)
    {
        if (HasDirtySpace)
            return default;
        Interlocked.Increment(ref _dirtyWaits);
        return Epochs.WaitForSpaceAsync(Account, cancel);
    }

    public CacheStatistics Statistics()
    {
        long hits = 0;
        long misses = 0;
        long records = 0;
        long evictions = 0;
        foreach (Stripe stripe in _stripes)
        {
            hits += stripe.Store.Hits;
            misses += stripe.Store.Misses;
            records += stripe.Records.Table.Count;
            evictions += stripe.Clock.Evictions;
        }

        FlushFigures flush = Epochs.LastFlush;
        return new CacheStatistics(hits, misses, Account.Cached, Account.Dirty, records, evictions, Epochs.Current, Epochs.Flushed,
            flush.Milliseconds, flush.Bytes, flush.Records, Loader.Loads, Volatile.Read(ref _dirtyWaits));
    }

    /// <summary>Frees all memory. No stripe may be held.</summary>
    public void Dispose()
    {
        Epochs.Stop();
        Loader.Stop();
        foreach (Stripe stripe in _stripes)
            stripe.Free();
    }

    internal void StepFlushSequence() => Interlocked.Increment(ref _flushSequence);

    /// <summary>Evicts from stripes that happen to be free, for one that has nothing to give.</summary>
    internal void EvictElsewhere()
    {
        for (int i = 0; i < HelpedStripes && Account.IsOver; i++)
        {
            Stripe stripe = _stripes[Interlocked.Increment(ref _helped) & (StripeCount - 1)];
            if (!stripe.TryEnter())
                continue;
            stripe.EvictHere();
            stripe.ExitPlain();
        }
    }
}
