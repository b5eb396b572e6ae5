using MultiCloudKv.Foundation;
using MultiCloudKv.Merge;

namespace MultiCloudKv.Server.Storage.Cache;

/// <summary>
/// The open cursors of a stripe. A cursor walks a chain's blocks themselves, as long as nothing changes there; before
/// something does, it takes a private copy of the pointers it has still to visit. That costs the rest of its range once,
/// and nothing where a scan and writes do not meet.
/// </summary>
/// <remarks>Owned by whoever holds the stripe; empty when nobody does.</remarks>
internal sealed unsafe class CursorSet(StripeRecords records, StripeMemory memory)
{
    private const int PooledMax = 4;

    private readonly List<StripeCursor> _open = [];
    private readonly Stack<StripeCursor> _pool = new();

    internal int Open => _open.Count;

    /// <summary>Opens a cursor over a range of the stripe.</summary>
    internal RecordCursor Scan(CheckpointStore store, MissingRecords? missing, ReadOnlySpan<byte> low, ReadOnlySpan<byte> high, bool reverse)
    {
        Invariant.Check(low.Length >= RecordShape.SlotPrefix);
        StripeCursor cursor = _pool.Count > 0 ? _pool.Pop() : new StripeCursor(this);
        cursor.Begin(low, high, reverse, missing);
        bool below = !records.Chains.StripeComplete;
        int slot = RecordShape.Slot(low);
        int prefix = RecordShape.IsOfCollection(low) ? RecordShape.ChainPrefix(low) : RecordShape.SlotPrefix;
        bool oneChain = prefix > 0 && RecordShape.EndsWithin(low[..prefix], high);
        Invariant.Check(oneChain || (RecordShape.IsOfCollection(low) && RecordShape.EndsWithin(low[..RecordShape.SlotPrefix], high)));
        if (oneChain)
        {
            Chain* chain = records.Chains.Find(low);
            if (chain != null && chain->TailCount > 0)
            {
                Disturb(chain, null);
                ChainIndex.Sort(chain, memory);
            }

            below &= chain == null
                ? !RecordShape.IsOfCollection(low) || !records.Chains.IsAbsentBelow(low[..prefix])
                : !chain->Is(ChainFlags.Complete);
            cursor.StandOn(chain);
        }
        else
        {
            cursor.StandOnCopy(records.Chains.FirstOfSlot(slot));
        }

        if (below)
        {
            cursor.Absent.AddDropped(records.Chains.Drops(slot));
            if (!oneChain)
                cursor.Absent.AddComplete(records.Chains.FirstOfSlot(slot), low[0]);
            cursor.MergeWith(store.Iterate(low, high, reverse, mayBlock: missing is null));
        }

        _open.Add(cursor);
        return cursor;
    }

    /// <summary>To be called before a record's place in a chain changes, or (null) any place there.</summary>
    internal void Disturb(Chain* chain, Record* record)
    {
        if (_open.Count == 0 || (record != null && record->TailIndex != Record.InBlock))
            return;
        foreach (StripeCursor cursor in _open)
            cursor.Detach(chain);
    }

    internal void Closed(StripeCursor cursor)
    {
        _open.Remove(cursor);
        if (_pool.Count < PooledMax)
            _pool.Push(cursor);
        if (_open.Count == 0)
            records.EmptyGraveyard();
    }

    /// <summary>Closes what its user has left open.</summary>
    internal void CloseAll()
    {
        while (_open.Count > 0)
            _open[^1].Dispose();
    }
}
