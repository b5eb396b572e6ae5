using MultiCloudKv.Foundation;

namespace MultiCloudKv.Server.Storage.Cache;

/// <summary>
/// 128 slots: their lock and their records. The unit in which commands exclude each other.
/// <para>
/// <b>Life of a change.</b> 1. The writer takes the stripes of its keys in ascending order. 2. It reads, through
/// <see cref="Store"/>. 3. Its binlog record is appended and says its epoch. 4. <see cref="EnterEpoch"/>: the first one
/// here with a new number freezes what belongs to the old. 5. It writes, through <see cref="Store"/>; records it changes
/// are dirty in the open epoch; an image of the frozen epoch is set aside instead of being overwritten. 6. It lets the
/// stripes go; if memory is over its bound, it evicts about as much as it has added.
/// </para>
/// <para>
/// <b>Invariants.</b> Between 3 and 5 the stripe is held, so whoever finds it free finds every record appended before
/// applied. At most two epochs live in a stripe: the open one and one that is frozen. Every record of the frozen epoch is
/// immutable until the flush has called it clean. No cursor and no borrowed span outlives the hold.
/// </para>
/// <para>
/// <b>Failures.</b> A reader that would have to wait for the disk gets NotResidentException and nothing has changed.
/// </para>
/// </summary>
/// <remarks>Everything but <see cref="Enter"/>, <see cref="TryEnter"/> and <see cref="Index"/> belongs to whoever holds the stripe.</remarks>
public sealed class Stripe
{
    /// <summary>Slots of a stripe.</summary>
    public const int SlotCount = 128;

    private const int EvictionSteps = 96;
    private const int ReapCount = 64;

    private StripeLock _lock = new();
    private readonly RecordCache _cache;
    private readonly CacheAccount _account;
    private FrozenStripe? _frozen;

    internal Stripe(RecordCache cache, int index, CacheAccount account, uint epoch)
    {
        _cache = cache;
        _account = account;
        Index = index;
        Memory = new StripeMemory(account);
        Records = new StripeRecords(Memory, cache.StartedEmpty, epoch);
        Clock = new ClockHand(Records);
        Store = new StripeStore(this, Records, cache.Store);
    }

    public int Index { get; }

    /// <summary>The records, for whoever holds the stripe.</summary>
    public StripeStore Store { get; }

    /// <summary>Number of visible keys; kept by the engine.</summary>
    public long VisibleKeys { get; set; }

    /// <summary>Of these, the keys that have an expiry; kept by the engine.</summary>
    public long ExpiringKeys { get; set; }

    /// <summary>The epoch changes belong to now.</summary>
    public uint Epoch => Records.Epoch;

    internal StripeMemory Memory { get; }

    internal StripeRecords Records { get; }

    internal ClockHand Clock { get; }

    /// <summary>Takes the stripe. Several are taken in ascending order.</summary>
    public void Enter() => _lock.Enter();

    public bool TryEnter() => _lock.TryEnter();

    /// <summary>Lets the stripe go. Cursors left open are closed.</summary>
    public void Exit()
    {
        Store.End();
        if (Records.Cursors.Open > 0)
            Records.Cursors.CloseAll();
        if (Records.HasDoomed)
            Records.Reap(ReapCount);
        bool wanting = _account.IsOver && EvictHere() == 0;
        _lock.Exit();
        if (wanting)
            _cache.EvictElsewhere();
    }

    /// <summary>
    /// To be called with the stripe held before a change of <paramref name="epoch"/> is applied: the first call with a
    /// new number freezes what belongs to the old one.
    /// </summary>
    public void EnterEpoch(uint epoch)
    {
        if (epoch == Records.Epoch)
            return;
        Invariant.Check(epoch == Records.Epoch + 1);
        Invariant.Check(_frozen is null);
        (PointerList records, PointerList drops) = Records.Freeze(epoch);
        _frozen = new FrozenStripe
        {
            Records = records,
            Drops = drops,
            VisibleKeys = VisibleKeys,
            ExpiringKeys = ExpiringKeys,
            Captured = _cache.Capture?.Invoke(this),
        };
    }

    /// <summary>
    /// Says that every key of this slot stored so far got its version under a stamp of at most <paramref name="version"/>;
    /// elements of a version clearly above are then known not to be in the checkpoint. Set at start, to the highest time of the
    /// slot's applied vector; before that nothing is known of a checkpoint that is not empty.
    /// </summary>
    public void SetVersionFloor(int slot, ulong version) => Records.Chains.SetVersionFloor(slot, version);

    internal FrozenStripe Frozen()
    {
        Invariant.Check(_frozen is not null);
        return _frozen;
    }

    /// <summary>The frozen epoch is in the checkpoint and all its records have been called clean.</summary>
    internal void EndFrozen(uint epoch)
    {
        Records.Chains.FlushedEpoch = epoch;
        _frozen = null;
        Memory.Report();
    }

    /// <summary>Evicts a little; returns the bytes freed.</summary>
    internal long EvictHere()
    {
        long freed = Clock.Evict(_account.Lump, EvictionSteps);
        if (freed > 0)
            _account.HasEvicted = true;
        return freed;
    }

    /// <summary>Lets go without evicting.</summary>
    internal void ExitPlain()
    {
        Store.End();
        _lock.Exit();
    }

    internal void Free()
    {
        if (_frozen is not null)
        {
            // Before the others, which are freed with the table: of these the flags still have to be read.
            while (Records.Reap(int.MaxValue))
            {
            }

            for (int i = 0; i < _frozen.Records.Count; i++)
                FreeDetached(_frozen.Records, i);
            for (int i = 0; i < _frozen.Drops.Count; i++)
                FreeOne(_frozen.Drops, i);
            _frozen.Free();
        }

        Records.FreeAll();
        Memory.End();
    }

    private unsafe void FreeOne(PointerList list, int index) => Memory.Free(list[index], list[index]->AllocatedBytes);

    private unsafe void FreeDetached(PointerList list, int index)
    {
        if (list[index]->Is(RecordFlags.Detached))
            FreeOne(list, index);
    }
}
