using System.Runtime.CompilerServices;
using MultiCloudKv.Foundation;
using MultiCloudKv.Merge;

namespace MultiCloudKv.Server.Storage.Cache;

/// <summary>
/// The records of one stripe, for the merge rules: the cache above, the checkpoint below.
/// </summary>
/// <remarks>
/// A read that misses the cache asks, in this order: is it known to be absent (<see cref="ChainDirectory"/>); does the
/// checkpoint store answer from its own memory; and then either reads through (blocking) or notes the key and throws.
/// What is found becomes a clean record. What is found absent is remembered while the stripe is held, so that the write
/// that follows knows it needs no tombstone.
/// Used by whoever holds the stripe.
/// </remarks>
public sealed unsafe class StripeStore : IRecordStore
{
    private const int AbsentMax = 8;

    private readonly StripeRecords _records;
    private readonly PointerTable _table;
    private readonly CheckpointStore _below;
    private readonly ByteWriter _value = new(256);
    private readonly ulong[] _absent = new ulong[AbsentMax];
    private MissingRecords? _missing;
    private int _absentCount;

    internal StripeStore(Stripe stripe, StripeRecords records, CheckpointStore below)
    {
        Stripe = stripe;
        _records = records;
        _table = records.Table;
        _below = below;
    }

    public Stripe Stripe { get; }

    internal long Hits { get; private set; }

    internal long Misses { get; private set; }

    /// <summary>
    /// Says how the holder of the stripe reads: with a list, what is not in memory is noted there and
    /// <see cref="NotResidentException"/> is thrown; with null, reads go through to the disk. Reset to null by
    /// <see cref="Stripe.Exit"/>.
    /// </summary>
    public void Begin(MissingRecords? missing) => _missing = missing;

    public bool TryGet(ReadOnlySpan<byte> recordKey, out ReadOnlySpan<byte> value)
    {
        ulong hash = KeyHash.Of(recordKey);
        ulong* entry = _table.Find(hash, recordKey);
        if (entry == null)
            return TryRead(hash, recordKey, out value);
        Hits++;
        if ((*entry & PointerTable.Referenced) == 0)
            *entry |= PointerTable.Referenced;
        Record* record = _records.Shown(entry);
        value = record == null ? default : Record.Value(record);
        return record != null;
    }

    public void Put(ReadOnlySpan<byte> recordKey, ReadOnlySpan<byte> value)
    {
        ulong hash = KeyHash.Of(recordKey);
        ulong* entry = Find(hash, recordKey);
        if (entry != null)
            _records.Overwrite(entry, value);
        else
            _records.InsertDirty(hash, recordKey, value, IsKnownAbsent(hash) || _records.Chains.IsAbsentBelow(recordKey));
    }

    public void Delete(ReadOnlySpan<byte> recordKey)
    {
        ulong hash = KeyHash.Of(recordKey);
        ulong* entry = Find(hash, recordKey);
        if (entry != null)
        {
            if (_records.Shown(entry) != null)
                _records.Delete(entry);
        }
        else if (!IsKnownAbsent(hash) && !_records.Chains.IsAbsentBelow(recordKey))
        {
            _records.InsertTombstone(hash, recordKey);
        }
    }

    public void DropPrefix(ReadOnlySpan<byte> prefix)
    {
        Invariant.Check(prefix.Length >= RecordShape.SlotPrefix);
        if (RecordShape.IsOfCollection(prefix) && RecordShape.ChainPrefix(prefix) == prefix.Length)
            DropChain(prefix);
        else
            DropRange(prefix);
    }

    public RecordCursor Scan(ReadOnlySpan<byte> lowInclusive, ReadOnlySpan<byte> highExclusive, bool reverse = false)
    {
        if (_records.HasDoomed && _records.Cursors.Open == 0)
            _records.Reap(64);
        return _records.Cursors.Scan(_below, _missing, lowInclusive, highExclusive, reverse);
    }

    public bool Request(ReadOnlySpan<byte> recordKey)
    {
        ulong hash = KeyHash.Of(recordKey);
        Record* record = null;
        return _table.Find(hash, recordKey) != null || Resolve(hash, recordKey, ref record);
    }

    /// <summary>Adds a record read elsewhere from the checkpoint, unless it is here or known to be gone.</summary>
    internal void InsertLoaded(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        ulong hash = KeyHash.Of(key);
        if (Find(hash, key) == null && !_records.Chains.IsAbsentBelow(key))
            _records.InsertClean(hash, key, value)->Flags |= RecordFlags.Loaded;
    }

    /// <summary>The stripe is let go: nothing learnt under it holds any longer.</summary>
    internal void End()
    {
        _missing = null;
        _absentCount = 0;
        _value.Clear();
        _value.Trim(64 << 10);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryRead(ulong hash, ReadOnlySpan<byte> key, out ReadOnlySpan<byte> value)
    {
        Record* record = null;
        if (!Resolve(hash, key, ref record))
            throw NotResidentException.Instance;
        value = record == null ? default : Record.Value(record);
        return record != null;
    }

    /// <summary>Settles whether a record that is not in the cache exists; false, and noted, if that takes a wait.</summary>
    private bool Resolve(ulong hash, ReadOnlySpan<byte> key, ref Record* record)
    {
        if (IsKnownAbsent(hash))
            return true;
        if (_records.Chains.IsAbsentBelow(key))
        {
            NoteAbsent(hash);
            return true;
        }

        Misses++;
        _value.Clear();
        switch (_below.Read(key, mayBlock: _missing is null, _value))
        {
            case ReadOutcome.Found:
                record = _records.InsertClean(hash, key, _value.Written);
                return true;
            case ReadOutcome.Absent:
                NoteAbsent(hash);
                return true;
            default:
                Invariant.Check(_missing is not null);
                _missing.Add(key);
                return false;
        }
    }

    /// <summary>The entry of a key; if it is a dropped one's, what was dropped is cleared away first.</summary>
    private ulong* Find(ulong hash, ReadOnlySpan<byte> key)
    {
        ulong* entry = _table.Find(hash, key);
        if (entry == null || !_records.HasDoomed)
            return entry;
        var record = (Record*)PointerTable.Pointer(*entry);
        if (!StripeRecords.IsDoomed(record))
            return entry;
        _records.Discard(entry, record);
        return null;
    }

    private void DropChain(ReadOnlySpan<byte> prefix)
    {
        Chain* chain = _records.Chains.FindCollection(prefix);
        uint epoch = _records.Epoch;
        bool nothingBelow = chain == null
            ? _records.Chains.IsAbsentBelow(prefix)
            : chain->Is(ChainFlags.BornEmpty) && chain->BornEpoch == epoch;
        bool pending = chain != null && chain->Is(ChainFlags.DropPending) && chain->DropEpoch == epoch;
        if (chain != null)
            _records.Doom(chain);
        if (nothingBelow)
            return;
        Chain* fresh = _records.Chains.MakeCollection(prefix, ChainFlags.Complete | ChainFlags.DropPending, epoch);
        fresh->DropEpoch = epoch;
        if (!pending)
            _records.AddDropRecord(prefix);
    }

    /// <summary>A range that is no chain's: every chain inside it is dropped, of the others the records that lie in it.</summary>
    private void DropRange(ReadOnlySpan<byte> prefix)
    {
        int slot = RecordShape.Slot(prefix);
        if (RecordShape.IsOfCollection(prefix))
        {
            Chain* next;
            for (Chain* chain = _records.Chains.FirstOfSlot(slot); chain != null; chain = next)
            {
                next = chain->Next;
                if (Chain.Prefix(chain).StartsWith(prefix))
                    _records.Doom(chain);
                else if (prefix.StartsWith(Chain.Prefix(chain)))
                    DiscardWithin(chain, prefix);
            }
        }
        else if (_records.Chains.Find(prefix) is var chain && chain != null)
        {
            if (prefix.Length == RecordShape.SlotPrefix)
                _records.Doom(chain);
            else
                DiscardWithin(chain, prefix);
        }

        _records.Chains.AddDrop(slot, new PendingDrop(prefix.ToArray(), _records.Epoch));
        _records.AddDropRecord(prefix);
    }

    private void DiscardWithin(Chain* chain, ReadOnlySpan<byte> prefix)
    {
        var all = new PointerList();
        ChainIndex.CopyTo(chain, all);
        for (int i = 0; i < all.Count; i++)
        {
            if (Record.Key(all[i]).StartsWith(prefix))
                _records.Discard(_table.FindObject(all[i]), all[i]);
        }

        all.Free();
    }

    private bool IsKnownAbsent(ulong hash) => _absentCount > 0 && _absent.AsSpan(0, _absentCount).Contains(hash);

    private void NoteAbsent(ulong hash)
    {
        if (_absentCount == AbsentMax)
            _absentCount = 0;
        _absent[_absentCount++] = hash;
    }
}
