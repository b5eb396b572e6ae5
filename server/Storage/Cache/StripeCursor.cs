using MultiCloudKv.Foundation;
using MultiCloudKv.Merge;

namespace MultiCloudKv.Server.Storage.Cache;

/// <summary>
/// Merges the cached records of a range with the checkpoint's; a cached one shadows the checkpoint's of the same key, and
/// a tombstone hides it. The view is frozen: the checkpoint's iterator stands on the state of its creation, the records
/// in memory are neither freed nor overwritten while a cursor is open, and the chain's order is copied before it changes.
/// </summary>
/// <remarks>Owned by whoever holds the stripe; pooled.</remarks>
internal sealed unsafe class StripeCursor(CursorSet set) : RecordCursor
{
    private readonly ByteWriter _low = new(64);
    private readonly ByteWriter _high = new(64);
    private readonly ByteWriter _lastBelow = new(64);
    private readonly PointerList _copy = new();

    private bool _open;
    private bool _reverse;
    private MissingRecords? _missing;
    private Chain* _chain;
    private int _block;
    private int _index;
    private int _copyAt;
    private CheckpointIterator? _below;
    private bool _belowAtEnd;
    private bool _needCached;
    private bool _needBelow;
    private Record* _cached;
    private bool _onCached;

    public override ReadOnlySpan<byte> Key => _onCached ? Record.Key(_cached) : _below!.Key;

    public override ReadOnlySpan<byte> Value => _onCached ? Record.Value(_cached) : _below!.Value;

    /// <summary>What the checkpoint shows but is gone.</summary>
    internal AbsentRanges Absent { get; } = new();

    public override bool MoveNext()
    {
        Invariant.Check(_open);
        while (true)
        {
            if (_needCached)
                _cached = NextCached();
            _needCached = false;
            if (_needBelow)
                MoveBelow();
            _needBelow = false;
            if (_cached == null && _belowAtEnd)
                return false;
            int order = _cached == null ? 1 : _belowAtEnd ? -1 : Record.Key(_cached).SequenceCompareTo(_below!.Key);
            if (_reverse && _cached != null && !_belowAtEnd)
                order = -order;
            _onCached = order <= 0;
            _needCached = order <= 0;
            _needBelow = order >= 0 && !_belowAtEnd;
            if (_onCached ? !_cached->Is(RecordFlags.Tombstone) : !Absent.Holds(_below!.Key))
                return true;
        }
    }

    internal void Begin(ReadOnlySpan<byte> low, ReadOnlySpan<byte> high, bool reverse, MissingRecords? missing)
    {
        _open = true;
        _reverse = reverse;
        _missing = missing;
        _low.Clear();
        _low.Write(low);
        _high.Clear();
        _high.Write(high);
        _lastBelow.Clear();
        _chain = null;
        _copy.Clear();
        _copyAt = 0;
        _below = null;
        _belowAtEnd = true;
        Absent.Clear();
        _needCached = true;
        _needBelow = false;
        _cached = null;
        _onCached = false;
    }

    /// <summary>Walks a sorted chain; null for none.</summary>
    internal void StandOn(Chain* chain)
    {
        _chain = chain;
        if (chain != null)
            (_block, _index) = ChainIndex.LowerBound(chain, _reverse ? _high.Written : _low.Written);
    }

    /// <summary>Walks a sorted copy of what a slot's collection chains hold in the range.</summary>
    internal void StandOnCopy(Chain* chain)
    {
        for (; chain != null; chain = chain->Next)
        {
            ReadOnlySpan<byte> prefix = Chain.Prefix(chain);
            bool mayMeet = prefix[0] == _low.Written[0] && prefix.SequenceCompareTo(_high.Written) < 0
                && (prefix.SequenceCompareTo(_low.Written) >= 0 || _low.Written.StartsWith(prefix));
            if (mayMeet)
                ChainIndex.CopyTo(chain, _copy);
        }

        RecordSorter.Sort(_copy.AsSpan());
        if (_reverse)
            _copy.AsSpan().Reverse();
        while (_copyAt < _copy.Count && !IsAfterStart(_copy[_copyAt]))
            _copyAt++;
    }

    /// <summary>Merges with the checkpoint's iterator over the same range.</summary>
    internal void MergeWith(CheckpointIterator below)
    {
        _below = below;
        _belowAtEnd = false;
        _needBelow = true;
    }

    /// <summary>Takes a copy of what is still to be visited of a chain that is about to change.</summary>
    internal void Detach(Chain* chain)
    {
        if (_chain != chain)
            return;
        for (Record* record = NextInChain(); record != null; record = NextInChain())
            _copy.Add(record);
        _chain = null;
        _copyAt = 0;
    }

    protected override void Dispose(bool disposing)
    {
        if (!_open)
            return;
        _open = false;
        _below?.Dispose();
        _below = null;
        _missing = null;
        _chain = null;
        if (_copy.Count > 4096)
            _copy.Free();
        set.Closed(this);
    }

    private Record* NextCached()
    {
        if (_chain != null)
            return NextInChain();
        if (_copyAt >= _copy.Count)
            return null;
        Record* record = _copy[_copyAt++];
        return IsBeforeEnd(record) ? record : null;
    }

    private Record* NextInChain()
    {
        if (_reverse)
        {
            while (--_index < 0)
            {
                if (--_block < 0)
                {
                    _block = 0;
                    _index = 0;
                    return null;
                }

                _index = _chain->Blocks[_block]->Count;
            }
        }
        else if (_block < _chain->BlockCount && _index >= _chain->Blocks[_block]->Count)
        {
            _block++;
            _index = 0;
        }

        if (_block >= _chain->BlockCount)
            return null;
        Record* record = ChainBlock.Items(_chain->Blocks[_block])[_index];
        if (!IsBeforeEnd(record))
        {
            _index += _reverse ? 1 : 0;
            return null;
        }

        _index += _reverse ? 0 : 1;
        return record;
    }

    private bool IsBeforeEnd(Record* record) => _reverse
        ? Record.Key(record).SequenceCompareTo(_low.Written) >= 0
        : Record.Key(record).SequenceCompareTo(_high.Written) < 0;

    private bool IsAfterStart(Record* record) => _reverse
        ? Record.Key(record).SequenceCompareTo(_high.Written) < 0
        : Record.Key(record).SequenceCompareTo(_low.Written) >= 0;

    private void MoveBelow()
    {
        ReadOutcome outcome = _below!.MoveNext();
        if (outcome == ReadOutcome.Found)
        {
            _lastBelow.Clear();
            _lastBelow.Write(_below.Key);
            return;
        }

        _belowAtEnd = true;
        if (outcome == ReadOutcome.Absent)
            return;
        Invariant.Check(_missing is not null);
        ReadOnlySpan<byte> from = _lastBelow.Length > 0 ? _lastBelow.Written : _reverse ? _high.Written : _low.Written;
        if (_reverse)
            _missing.AddRange(_low.Written, from, reverse: true);
        else
            _missing.AddRange(from, _high.Written, reverse: false);
        throw NotResidentException.Instance;
    }
}
