using MultiCloudKv.Foundation;

namespace MultiCloudKv.Server.Storage.Cache;

/// <summary>
/// The records of a stripe: the hash table, the chains and the dirty lists, kept in step.
/// </summary>
/// <remarks>
/// Where a record can be:
/// <code>
///              hash  chain            list of epoch
/// clean         x     x                -
/// dirty, open   x     x                open
/// dirty, frozen x     x                frozen      immutable; a change puts a copy in its place and detaches it
/// detached      -     -                frozen      freed when the epoch is flushed
/// tombstone     x     x, or hidden     open|frozen removed when the epoch is flushed
/// doomed        x     a doomed chain   any or none freed bit by bit
/// range drop    -     -                drops of open|frozen
/// </code>
/// A tombstone is hidden (not in its chain) where the chain is complete: scans there need no shadow, and a queue whose
/// head is removed again and again is not slowed by what it has lost.
/// While a cursor is open no memory of a record is freed and none is overwritten: changes go into copies.
/// Owned by whoever holds the stripe.
/// </remarks>
internal sealed unsafe class StripeRecords
{
    private readonly StripeMemory _memory;
    private readonly PointerTable _table;
    private readonly List<nint> _doomed = [];
    private readonly PointerList _graveyard = new();
    private PointerList _dirty = new();
    private PointerList _drops = new();

    internal StripeRecords(StripeMemory memory, bool emptyBelow, uint epoch)
    {
        _memory = memory;
        _table = new PointerTable(Record.HeaderBytes, memory);
        Chains = new ChainDirectory(memory, emptyBelow) { FlushedEpoch = epoch - 1 };
        Cursors = new CursorSet(this, memory);
        Epoch = epoch;
    }

    internal ChainDirectory Chains { get; }

    internal CursorSet Cursors { get; }

    internal PointerTable Table => _table;

    internal StripeMemory Memory => _memory;

    internal uint Epoch { get; private set; }

    internal int DirtyCount => _dirty.Count + _drops.Count;

    internal bool HasDoomed => _doomed.Count > 0;

    /// <summary>The live record of an entry, null when what it points to is deleted or doomed.</summary>
    internal Record* Shown(ulong* entry)
    {
        var record = (Record*)PointerTable.Pointer(*entry);
        if (record->Is(RecordFlags.Tombstone) || (_doomed.Count > 0 && IsDoomed(record)))
            return null;
        return record;
    }

    internal static bool IsDoomed(Record* record) => record->Chain != null && record->Chain->Is(ChainFlags.Doomed);

    /// <summary>Adds a record that is in the checkpoint.</summary>
    internal Record* InsertClean(ulong hash, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        Record* record = Make(key, value, 0);
        _table.Insert(hash, record);
        ChainIndex.Add(Chains.FindOrMake(key, Epoch), record, _memory);
        return record;
    }

    internal void InsertDirty(ulong hash, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool absentBelow)
    {
        Chain* chain = Chains.FindOrMake(key, Epoch);
        Record* record = Make(key, value, absentBelow ? RecordFlags.AbsentBelow : 0);
        MarkDirty(record);
        _table.Insert(hash, record);
        ChainIndex.Add(chain, record, _memory);
    }

    /// <summary>Gives the record of an entry a new value.</summary>
    internal void Overwrite(ulong* entry, ReadOnlySpan<byte> value)
    {
        var record = (Record*)PointerTable.Pointer(*entry);
        bool frozen = record->Is(RecordFlags.Dirty) && record->Epoch != (byte)Epoch;
        if (!frozen && Fits(record, value.Length) && Cursors.Open == 0)
        {
            value.CopyTo(new Span<byte>(Record.ValueStart(record), value.Length));
            record->ValueLength = (uint)value.Length;
            *entry |= PointerTable.Referenced;
            if (record->Is(RecordFlags.Tombstone))
                Revive(record);
            if (!record->Is(RecordFlags.Dirty))
                MarkDirty(record);
            return;
        }

        Record* copy = Make(Record.Key(record), value, frozen ? RecordFlags.None : record->Flags & RecordFlags.AbsentBelow);
        PutInPlace(entry, record, copy);
    }

    /// <summary>Adds a deletion for a record that is not in memory but may be in the checkpoint.</summary>
    internal void InsertTombstone(ulong hash, ReadOnlySpan<byte> key)
    {
        Record* record = Make(key, default, RecordFlags.Tombstone);
        MarkDirty(record);
        _table.Insert(hash, record);
        ChainIndex.Add(Chains.FindOrMake(key, Epoch), record, _memory);
    }

    /// <summary>Deletes the live record of an entry.</summary>
    internal void Delete(ulong* entry)
    {
        var record = (Record*)PointerTable.Pointer(*entry);
        bool frozen = record->Is(RecordFlags.Dirty) && record->Epoch != (byte)Epoch;
        if (record->Chain != null)
            Chains.Expect(record->Chain);
        if (!frozen && record->Is(RecordFlags.AbsentBelow))
        {
            Discard(entry, record);
            return;
        }

        if (!frozen && record->Capacity <= 64 && Cursors.Open == 0)
        {
            record->Flags |= RecordFlags.Tombstone;
            record->ValueLength = 0;
            if (!record->Is(RecordFlags.Dirty))
                MarkDirty(record);
            HideIfComplete(record);
            return;
        }

        Record* tombstone = Make(Record.Key(record), default, RecordFlags.Tombstone);
        PutInPlace(entry, record, tombstone);
        HideIfComplete(tombstone);
    }

    /// <summary>Takes a record out for good, without a tombstone.</summary>
    internal void Discard(ulong* entry, Record* record)
    {
        _table.Erase(entry);
        Unchain(record);
        Abandon(record);
    }

    /// <summary>Takes a record out of its chain; the chain goes with its last record.</summary>
    internal void Unchain(Record* record)
    {
        Chain* chain = record->Chain;
        if (chain == null)
            return;
        Cursors.Disturb(chain, record);
        ChainIndex.Remove(chain, record, _memory);
        if (!chain->Is(ChainFlags.Doomed))
            Chains.ReleaseIfIdle(chain);
    }

    /// <summary>Remembers that everything under a prefix goes at the end of this epoch.</summary>
    internal void AddDropRecord(ReadOnlySpan<byte> prefix)
    {
        Record* record = Make(prefix, default, RecordFlags.RangeDrop | RecordFlags.Dirty);
        record->Epoch = (byte)Epoch;
        _memory.CountDirty(record->Footprint);
        _drops.Add(record);
    }

    /// <summary>Takes a chain out of sight; its records are freed later.</summary>
    internal void Doom(Chain* chain)
    {
        Cursors.Disturb(chain, null);
        Chains.Remove(chain);
        chain->Flags |= ChainFlags.Doomed;
        _doomed.Add((nint)chain);
    }

    /// <summary>Frees up to <paramref name="max"/> records of dropped chains; false when none is left.</summary>
    internal bool Reap(int max)
    {
        if (Cursors.Open > 0)
            return _doomed.Count > 0;
        while (_doomed.Count > 0 && max-- > 0)
        {
            var chain = (Chain*)_doomed[^1];
            Record* record = ChainIndex.TakeAny(chain, _memory);
            if (record == null)
            {
                _doomed.RemoveAt(_doomed.Count - 1);
                Chains.Free(chain);
                continue;
            }

            ulong* entry = _table.FindObject(record);
            Invariant.Check(entry != null);
            _table.Erase(entry);
            Abandon(record);
        }

        return _doomed.Count > 0;
    }

    /// <summary>A collection is about to be loaded whole.</summary>
    internal void BeginLoading(ReadOnlySpan<byte> prefix) => Chains.FindOrMake(prefix, Epoch)->Flags |= ChainFlags.Loading;

    /// <summary>It was loaded, or not wholly. True if it is complete now.</summary>
    internal bool EndLoading(ReadOnlySpan<byte> prefix, bool whole)
    {
        Chain* chain = Chains.FindCollection(prefix);
        if (chain == null)
            return false;
        bool complete = whole && chain->Is(ChainFlags.Loading);
        chain->Flags &= ~ChainFlags.Loading;
        if (complete)
            chain->Flags |= ChainFlags.Complete;
        Chains.ReleaseIfIdle(chain);
        return complete;
    }

    /// <summary>Closes the open epoch's lists and begins new ones.</summary>
    internal (PointerList Records, PointerList Drops) Freeze(uint next)
    {
        Invariant.Check(Cursors.Open == 0);
        while (Reap(int.MaxValue))
        {
        }

        (PointerList Records, PointerList Drops) closed = (_dirty, _drops);
        _dirty = new PointerList();
        _drops = new PointerList();
        Epoch = next;
        return closed;
    }

    /// <summary>A record of a flushed epoch is in the checkpoint now.</summary>
    internal void Flushed(Record* record)
    {
        _memory.CountDirty(-record->Footprint);
        if (record->Is(RecordFlags.Detached))
        {
            _memory.Free(record, record->AllocatedBytes);
            return;
        }

        if (!record->Is(RecordFlags.Tombstone))
        {
            record->Flags &= ~(RecordFlags.Dirty | RecordFlags.AbsentBelow);
            return;
        }

        _table.Erase(_table.FindObject(record));
        if (record->Chain != null)
            Unchain(record);
        else
            Chains.ReleaseIfIdle(Chains.Find(Record.Key(record)));
        _memory.Free(record, record->AllocatedBytes);
    }

    /// <summary>A range drop of a flushed epoch has been carried out.</summary>
    internal void DropFlushed(Record* drop, uint epoch)
    {
        Chains.EndDrop(Record.Key(drop), epoch);
        _memory.CountDirty(-drop->Footprint);
        _memory.Free(drop, drop->AllocatedBytes);
    }

    /// <summary>Frees a clean record.</summary>
    internal void Evict(ulong* entry, Record* record)
    {
        _table.Erase(entry);
        Chain* chain = record->Chain;
        chain->Flags &= ~(ChainFlags.Complete | ChainFlags.Loading | ChainFlags.BornEmpty);
        Chains.StripeComplete = false;
        Unchain(record);
        _memory.Free(record, record->AllocatedBytes);
    }

    /// <summary>Frees what was kept for cursors: none is open any more.</summary>
    internal void EmptyGraveyard()
    {
        for (int i = 0; i < _graveyard.Count; i++)
            _memory.Free(_graveyard[i], _graveyard[i]->AllocatedBytes);
        _graveyard.Clear();
    }

    /// <summary>Frees everything.</summary>
    internal void FreeAll()
    {
        while (Reap(int.MaxValue))
        {
        }

        for (int i = 0; i < _drops.Count; i++)
            _memory.Free(_drops[i], _drops[i]->AllocatedBytes);
        ulong place = 0;
        do
        {
            foreach (ulong entry in _table.SegmentAt(ref place))
            {
                var record = (Record*)PointerTable.Pointer(entry);
                if (PointerTable.IsLive(entry))
                    _memory.Free(record, record->AllocatedBytes);
            }
        }
        while (place != 0);
        _table.Free();
        Chains.FreeAll();
        _dirty.Free();
        _drops.Free();
        _graveyard.Free();
    }

    private static bool Fits(Record* record, int length) =>
        (uint)length <= record->Capacity && record->Capacity - (uint)length <= Math.Max(256, record->Capacity / 2);

    private Record* Make(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, RecordFlags flags)
    {
        nuint size = Record.HeaderBytes + (nuint)key.Length + (nuint)value.Length;
        nuint usable = StripeMemory.Usable(size);
        var record = (Record*)_memory.Allocate(usable);
        *record = default;
        record->KeyLength = (uint)key.Length;
        record->ValueLength = (uint)value.Length;
        record->Capacity = (uint)(usable - Record.HeaderBytes - (nuint)key.Length);
        record->Flags = flags;
        key.CopyTo(new Span<byte>((byte*)record + Record.HeaderBytes, key.Length));
        value.CopyTo(new Span<byte>(Record.ValueStart(record), value.Length));
        return record;
    }

    private void MarkDirty(Record* record)
    {
        record->Flags |= RecordFlags.Dirty;
        record->Epoch = (byte)Epoch;
        record->DirtyIndex = (uint)_dirty.Count;
        _dirty.Add(record);
        _memory.CountDirty(record->Footprint);
    }

    /// <summary>Puts a copy into a record's place in hash, chain and list, and lets the record go.</summary>
    private void PutInPlace(ulong* entry, Record* record, Record* copy)
    {
        PointerTable.Replace(entry, copy);
        if (record->Chain != null)
        {
            Cursors.Disturb(record->Chain, record);
            ChainIndex.Replace(record->Chain, record, copy);
        }
        else
        {
            ChainIndex.Add(Chains.FindOrMake(Record.Key(copy), Epoch), copy, _memory);
        }

        MarkDirty(copy);
        Abandon(record);
    }

    /// <summary>Lets go of a record that is out of hash and chain.</summary>
    private void Abandon(Record* record)
    {
        if (record->Is(RecordFlags.Dirty))
        {
            if (record->Epoch != (byte)Epoch)
            {
                record->Flags |= RecordFlags.Detached;
                return;
            }

            Record* moved = _dirty.RemoveAt((int)record->DirtyIndex);
            if (moved != null)
                moved->DirtyIndex = record->DirtyIndex;
            _memory.CountDirty(-record->Footprint);
        }

        if (Cursors.Open > 0)
            _graveyard.Add(record);
        else
            _memory.Free(record, record->AllocatedBytes);
    }

    private void Revive(Record* tombstone)
    {
        tombstone->Flags &= ~RecordFlags.Tombstone;
        if (tombstone->Chain == null)
            ChainIndex.Add(Chains.FindOrMake(Record.Key(tombstone), Epoch), tombstone, _memory);
    }

    private void HideIfComplete(Record* tombstone)
    {
        Chain* chain = tombstone->Chain;
        if (chain == null || !chain->Is(ChainFlags.Complete))
            return;
        chain->HiddenEpoch = Epoch;
        Cursors.Disturb(chain, tombstone);
        ChainIndex.Remove(chain, tombstone, _memory);
    }
}
