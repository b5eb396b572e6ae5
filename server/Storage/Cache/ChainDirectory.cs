using MultiCloudKv.Foundation;

namespace MultiCloudKv.Server.Storage.Cache;

/// <summary>
/// Finds the chains of a stripe, and answers from memory whether the checkpoint can hold a record.
/// </summary>
/// <remarks>
/// Elements and scores have a chain per key and version, found by hash and linked per slot; records of the other kinds
/// have one per kind and slot. A record is known to be absent below when
/// <list type="number">
/// <item>everything of the stripe is in memory: the checkpoint was empty at the start and nothing was evicted since;</item>
/// <item>its chain is complete: made for a version above every version seen in the slot, or after a drop, or loaded whole,
/// and nothing of it was evicted since;</item>
/// <item>it lies in a dropped range whose epoch is not yet flushed and has not been written since.</item>
/// </list>
/// Owned by whoever holds the stripe.
/// </remarks>
internal sealed unsafe class ChainDirectory
{
    private const int SlotKinds = 3;
    private const ulong VersionMargin = 1 << 16;

    private readonly StripeMemory _memory;
    private readonly PointerTable _table;
    private readonly nint[] _ofSlots = new nint[Stripe.SlotCount * SlotKinds];
    private readonly nint[] _collections = new nint[Stripe.SlotCount];
    private readonly ulong[] _versionFloors = new ulong[Stripe.SlotCount];
    private readonly List<PendingDrop>?[] _drops = new List<PendingDrop>?[Stripe.SlotCount];
    private Chain* _last;

    internal ChainDirectory(StripeMemory memory, bool emptyBelow)
    {
        _memory = memory;
        _table = new PointerTable(Chain.HeaderBytes, memory);
        StripeComplete = emptyBelow;
        if (!emptyBelow)
            Array.Fill(_versionFloors, ulong.MaxValue);
    }

    /// <summary>Every record of the stripe is in memory.</summary>
    internal bool StripeComplete { get; set; }

    /// <summary>The newest epoch whose flush has been completed in this stripe.</summary>
    internal uint FlushedEpoch { get; set; }

    /// <summary>
    /// A version may lie above the stamp it was made under by as many as one transaction made and dropped: the margin.
    /// </summary>
    internal void SetVersionFloor(int slot, ulong version) =>
        _versionFloors[slot & (Stripe.SlotCount - 1)] = version > ulong.MaxValue - VersionMargin ? ulong.MaxValue : version + VersionMargin;

    /// <summary>The chain a record belongs to, null when there is none yet.</summary>
    internal Chain* Find(ReadOnlySpan<byte> key)
    {
        if (!RecordShape.IsOfCollection(key))
            return (Chain*)_ofSlots[SlotIndex(key)];
        int length = RecordShape.ChainPrefix(key);
        Invariant.Check(length > 0);
        return FindCollection(key[..length]);
    }

    internal Chain* FindCollection(ReadOnlySpan<byte> prefix)
    {
        if (_last != null && prefix.SequenceEqual(Chain.Prefix(_last)))
            return _last;
        ulong* entry = _table.Find(KeyHash.Of(prefix), prefix);
        if (entry == null)
            return null;
        _last = (Chain*)PointerTable.Pointer(*entry);
        return _last;
    }

    /// <summary>This chain is likely to be asked for next: who changes a score takes one record out of it and puts another in.</summary>
    internal void Expect(Chain* chain)
    {
        if (!chain->Is(ChainFlags.OfSlot | ChainFlags.Doomed))
            _last = chain;
    }

    internal Chain* FindOrMake(ReadOnlySpan<byte> key, uint epoch)
    {
        if (!RecordShape.IsOfCollection(key))
        {
            int index = SlotIndex(key);
            if (_ofSlots[index] == 0)
                _ofSlots[index] = (nint)Make(key[..RecordShape.SlotPrefix], ChainFlags.OfSlot | (StripeComplete ? ChainFlags.Complete : 0), epoch);
            return (Chain*)_ofSlots[index];
        }

        int length = RecordShape.ChainPrefix(key);
        Invariant.Check(length > 0);
        ReadOnlySpan<byte> prefix = key[..length];
        Chain* found = FindCollection(prefix);
        if (found != null)
            return found;
        ref ulong floor = ref _versionFloors[RecordShape.Slot(key) & (Stripe.SlotCount - 1)];
        ulong version = RecordShape.Version(prefix);
        ChainFlags flags = StripeComplete || version > floor ? ChainFlags.Complete | ChainFlags.BornEmpty
            : IsDropped(prefix) ? ChainFlags.Complete
            : ChainFlags.None;
        floor = Math.Max(floor, version);
        return MakeCollection(prefix, flags, epoch);
    }

    /// <summary>A chain for a prefix that has none.</summary>
    internal Chain* MakeCollection(ReadOnlySpan<byte> prefix, ChainFlags flags, uint epoch)
    {
        Chain* chain = Make(prefix, flags, epoch);
        _table.Insert(KeyHash.Of(prefix), chain);
        ref nint head = ref _collections[chain->Slot & (Stripe.SlotCount - 1)];
        chain->Next = (Chain*)head;
        if (head != 0)
            ((Chain*)head)->Previous = chain;
        head = (nint)chain;
        return chain;
    }

    /// <summary>True when the checkpoint certainly shows nothing under a key that is not in the cache.</summary>
    internal bool IsAbsentBelow(ReadOnlySpan<byte> key)
    {
        if (StripeComplete)
            return true;
        if (RecordShape.IsOfCollection(key))
        {
            int length = RecordShape.ChainPrefix(key);
            Chain* chain = FindCollection(key[..length]);
            if (chain == null)
                return RecordShape.Version(key[..length]) > _versionFloors[RecordShape.Slot(key) & (Stripe.SlotCount - 1)] || IsDropped(key);
            return chain->Is(ChainFlags.Complete) || IsDropped(key);
        }

        var ofSlot = (Chain*)_ofSlots[SlotIndex(key)];
        return (ofSlot != null && ofSlot->Is(ChainFlags.Complete)) || IsDropped(key);
    }

    /// <summary>True when eviction would lose what only this chain knows.</summary>
    internal bool IsPinned(Chain* chain) => chain->Is(ChainFlags.DropPending) || chain->HiddenEpoch > FlushedEpoch;

    /// <summary>Takes a chain out of the directory: it can no longer be found.</summary>
    internal void Remove(Chain* chain)
    {
        if (_last == chain)
            _last = null;
        if (chain->Is(ChainFlags.OfSlot))
        {
            _ofSlots[SlotIndex(Chain.Prefix(chain))] = 0;
            return;
        }

        _table.Erase(_table.FindObject(chain));
        if (chain->Previous != null)
            chain->Previous->Next = chain->Next;
        else
            _collections[chain->Slot & (Stripe.SlotCount - 1)] = (nint)chain->Next;
        if (chain->Next != null)
            chain->Next->Previous = chain->Previous;
        chain->Next = null;
        chain->Previous = null;
    }

    /// <summary>Frees a chain that holds nothing, neither records nor knowledge.</summary>
    internal void ReleaseIfIdle(Chain* chain)
    {
        if (chain == null || chain->Count > 0 || chain->Is(ChainFlags.OfSlot | ChainFlags.Doomed | ChainFlags.Loading) || IsPinned(chain))
            return;
        Remove(chain);
        Free(chain);
    }

    internal void Free(Chain* chain)
    {
        ChainIndex.FreeArrays(chain, _memory);
        _memory.Free(chain, Chain.HeaderBytes + (nuint)chain->KeyLength);
    }

    /// <summary>First collection chain of a slot; the others follow by <see cref="Chain.Next"/>.</summary>
    internal Chain* FirstOfSlot(int slot) => (Chain*)_collections[slot & (Stripe.SlotCount - 1)];

    internal IReadOnlyList<PendingDrop> Drops(int slot) => _drops[slot & (Stripe.SlotCount - 1)] ?? [];

    internal void AddDrop(int slot, PendingDrop drop) => (_drops[slot & (Stripe.SlotCount - 1)] ??= []).Add(drop);

    /// <summary>Forgets a drop that the checkpoint has taken.</summary>
    internal void EndDrop(ReadOnlySpan<byte> prefix, uint epoch)
    {
        List<PendingDrop>? drops = _drops[RecordShape.Slot(prefix) & (Stripe.SlotCount - 1)];
        for (int i = (drops?.Count ?? 0) - 1; i >= 0; i--)
        {
            if (drops![i].Epoch == epoch && prefix.SequenceEqual(drops[i].Prefix))
                drops.RemoveAt(i);
        }

        if (prefix.Length <= RecordShape.SlotPrefix || !RecordShape.IsOfCollection(prefix) || RecordShape.ChainPrefix(prefix) != prefix.Length)
            return;
        Chain* chain = FindCollection(prefix);
        if (chain == null || !chain->Is(ChainFlags.DropPending) || chain->DropEpoch != epoch)
            return;
        chain->Flags &= ~ChainFlags.DropPending;
        ReleaseIfIdle(chain);
    }

    internal void FreeAll()
    {
        for (int slot = 0; slot < Stripe.SlotCount; slot++)
        {
            while (FirstOfSlot(slot) != null)
            {
                Chain* chain = FirstOfSlot(slot);
                Remove(chain);
                Free(chain);
            }
        }

        for (int i = 0; i < _ofSlots.Length; i++)
        {
            if (_ofSlots[i] != 0)
                Free((Chain*)_ofSlots[i]);
            _ofSlots[i] = 0;
        }

        _table.Free();
    }

    private static int SlotIndex(ReadOnlySpan<byte> key)
    {
        int kind = key[0] switch
        {
            RecordShape.Meta => 0,
            RecordShape.ExpiryIndex => 1,
            RecordShape.PendingIndex => 2,
            _ => throw new InvariantException($"a record of kind 0x{key[0]:x2} does not belong into a stripe"),
        };
        return (kind * Stripe.SlotCount) + (RecordShape.Slot(key) & (Stripe.SlotCount - 1));
    }

    private bool IsDropped(ReadOnlySpan<byte> key)
    {
        List<PendingDrop>? drops = _drops[RecordShape.Slot(key) & (Stripe.SlotCount - 1)];
        if (drops is null)
            return false;
        foreach (PendingDrop drop in drops)
        {
            if (key.StartsWith(drop.Prefix))
                return true;
        }

        return false;
    }

    private Chain* Make(ReadOnlySpan<byte> prefix, ChainFlags flags, uint epoch)
    {
        var chain = (Chain*)_memory.Allocate(Chain.HeaderBytes + (nuint)prefix.Length);
        *chain = default;
        chain->KeyLength = (uint)prefix.Length;
        chain->Flags = flags;
        chain->Slot = (ushort)RecordShape.Slot(prefix);
        chain->BornEpoch = epoch;
        prefix.CopyTo(new Span<byte>((byte*)chain + Chain.HeaderBytes, prefix.Length));
        return chain;
    }
}
