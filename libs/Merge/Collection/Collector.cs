using MultiCloudKv.Foundation;
using MultiCloudKv.Merge.Changes;
using MultiCloudKv.Merge.Records;
using MultiCloudKv.Merge.State;

namespace MultiCloudKv.Merge.Collection;

/// <summary>
/// Lets go of what no longer decides anything, so that when all is quiet no record is left that shows nothing. Each kind of
/// remains has its rule:
/// <list type="bullet">
/// <item><b>seen</b> contexts: when the applied vector has caught up, or the region they speak of no longer counts.</item>
/// <item>a <b>floor</b> of region q: when q is known to have applied the overwrite that made it (or is this region, or made it itself,
/// or no longer counts), so that q's later increments start anew; and no delta of q crosses it.</item>
/// <item>a <b>key with no live element</b>, and with it its expiries: when every region is known to have applied all that touched it, and no floor
/// or seen context is left in it. Earlier, a concurrent write could still bring it to life, and its expiry would have to be there.</item>
/// <item>an <b>expired key</b>, whole: when every region is known to have applied all that touched it, and to have said so after it expired
/// by its own clock. Earlier, one of them could still extend it or add to it.</item>
/// </list>
/// A region's say counts until it is removed or marked for resync (<see cref="SlotVectors.SetPeers"/>, to be called before anything
/// is collected). Collecting is local: it is neither logged nor shipped, changes nothing a client sees, and may happen at any
/// moment or not at all. An expired key is hidden by its readers; <see cref="Hide"/> only takes it out of the count.
/// </summary>
/// <remarks>Not thread-safe: one per thread that collects. The caller holds the slot's stripe.</remarks>
public sealed class Collector
{
    private readonly SlotVectors _vectors;
    private readonly KeyEditor _editor;
    private readonly List<(ElementType Type, byte[] Element)> _elements = [];
    private readonly List<byte[]> _due = [];

    public Collector(SlotVectors vectors, IMergeEffects effects)
    {
        _vectors = vectors;
        _editor = new KeyEditor(vectors, effects);
    }

    /// <summary>
    /// Takes an expired key out of the count of visible keys, once. To be called for every expiry that has come due (a heap, or
    /// the expiry records, says which). Returns the key's expiry as it is now: later than <paramref name="nowMs"/> when it was extended,
    /// <see cref="long.MaxValue"/> when there is none.
    /// </summary>
    public long Hide(IRecordStore store, int slot, uint ns, ReadOnlySpan<byte> key, long nowMs)
    {
        _editor.Open(store, slot, ns, key, nowMs);
        ElementType type = _editor.Key.VisibleType;
        long expiry = type == ElementType.None ? long.MaxValue : _editor.Key.ExpiryOf(type);
        if (_editor.Key.Counted && nowMs >= expiry)
            _editor.Close();
        else
            _editor.Abandon();
        return expiry;
    }

    /// <summary>Collects what may go of one key. True when nothing is left to collect now or later (unless it changes).</summary>
    public bool CollectKey(IRecordStore store, int slot, uint ns, ReadOnlySpan<byte> key, long nowMs)
    {
        _editor.Open(store, slot, ns, key, nowMs);
        if (!_editor.WasStored)
        {
            _editor.Abandon();
            return true;
        }

        KeyState state = _editor.Key;
        bool changed = state.Seen.CatchUp(_vectors, slot);
        changed |= state.ExpirySeen.CatchUp(_vectors, slot);
        changed |= CollectElement(state.Text, slot);
        if (state.Residue > 0)
            changed |= CollectElements(slot);
        ElementType type = state.VisibleType;
        long expiry = state.ExpiryOf(type);
        bool expired = expiry != long.MaxValue && nowMs >= expiry && IsSettled(state, slot, expiry);
        bool empty = type == ElementType.None && state.Remains == 0 && !state.Text.HasRemains && IsSettled(state, slot, after: 0);
        if ((expired || empty) && state.Seen.IsEmpty() && state.ExpirySeen.IsEmpty())
        {
            _editor.Erase();
            return true;
        }

        bool done = !state.IsPending && expiry == long.MaxValue;
        if (changed)
            _editor.Close();
        else
            _editor.Abandon();
        return done;
    }

    /// <summary>Collects the expired and pending keys of a slot, at most <paramref name="keysMax"/>; returns how many keys it visited.</summary>
    public int CollectSlot(IRecordStore store, int slot, long nowMs, int keysMax)
    {
        byte[] position = [];
        return CollectSlot(store, slot, nowMs, keysMax, ref position);
    }

    /// <summary>
    /// The same, going on after <paramref name="position"/> (empty = from the beginning), which it moves; empty again when the end was
    /// reached. Keys that can't go yet are passed, not waited for.
    /// </summary>
    public int CollectSlot(IRecordStore store, int slot, long nowMs, int keysMax, ref byte[] position)
    {
        _vectors.CollectCleared(slot);
        _due.Clear();
        Span<byte> low = stackalloc byte[16];
        Span<byte> high = stackalloc byte[16];
        int lowLength = RecordKeys.ExpiryBound(low, slot, 0);
        int highLength = RecordKeys.ExpiryBound(high, slot, nowMs + 1);
        Gather(store, low[..lowLength], high[..highLength], keysMax, position);
        lowLength = RecordKeys.SlotBound(low, RecordKind.PendingIndex, slot);
        highLength = RecordKeys.SlotBound(high, RecordKind.PendingIndex, slot + 1);
        Gather(store, low[..lowLength], high[..highLength], keysMax, position);
        foreach (byte[] record in _due)
        {
            ReadOnlySpan<byte> key;
            uint ns;
            bool parsed = RecordKeys.Kind(record) == RecordKind.ExpiryIndex
                ? RecordKeys.TryParseExpiry(record, out _, out _, out ns, out key)
                : RecordKeys.TryParse(record, out _, out ns, out key, out _);
            Invariant.Check(parsed);
            CollectKey(store, slot, ns, key, nowMs);
        }

        position = _due.Count < keysMax ? [] : _due[^1];
        return _due.Count;
    }

    private void Gather(IRecordStore store, ReadOnlySpan<byte> low, ReadOnlySpan<byte> high, int keysMax, byte[] after)
    {
        if (_due.Count >= keysMax || after.AsSpan().SequenceCompareTo(high) >= 0)
            return;
        using RecordCursor cursor = store.Scan(after.AsSpan().SequenceCompareTo(low) > 0 ? after : low, high);
        while (_due.Count < keysMax && cursor.MoveNext())
        {
            ReadOnlySpan<byte> record = cursor.Key;
            bool ofElement = RecordKeys.Kind(record) == RecordKind.PendingIndex
                && RecordKeys.TryParse(record, out _, out _, out _, out ReadOnlySpan<byte> suffix) && !suffix.IsEmpty;
            if (!ofElement && !record.SequenceEqual(after))
                _due.Add(record.ToArray());
        }
    }

    private bool CollectElements(int slot)
    {
        _elements.Clear();
        int typeAt = _editor.Keys.PrefixLength;
        using (RecordCursor cursor = _editor.ScanPending())
        {
            while (cursor.MoveNext())
            {
                if (cursor.Key.Length > typeAt)
                    _elements.Add(((ElementType)cursor.Key[typeAt], cursor.Key[(typeAt + 1)..].ToArray()));
            }
        }

        bool changed = false;
        foreach ((ElementType type, byte[] element) in _elements)
        {
            if (!CollectElement(_editor.Load(type, element), slot))
                continue;
            _editor.Save(type, element, 0);
            changed = true;
        }

        return changed;
    }

    private bool CollectElement(ElementState x, int slot)
    {
        bool changed = x.Seen.CatchUp(_vectors, slot);
        for (int i = x.Floors.Count - 1; i >= 0; i--)
        {
            if (x.IsCrossed(i) || !HasHeard(slot, x.Floors[i]))
                continue;
            x.Floors.RemoveAt(i);
            changed = true;
        }

        return changed;
    }

    /// <summary>The floor's region knows of the overwrite: its increments from then on begin anew.</summary>
    private bool HasHeard(int slot, in Floor floor)
    {
        if (floor.Region == _vectors.Self || floor.Region == floor.By || !_vectors.Counts(floor.Region))
            return true;
        HeardContext? heard = _vectors.Known(_vectors.Partitions.Of(slot), floor.Region);
        return heard is not null && heard.Applied[floor.By] >= floor.ByHlc;
    }

    /// <summary>Every region is known to have applied all that touched the key, and to have said so at or after a moment.</summary>
    private bool IsSettled(KeyState state, int slot, long after)
    {
        int partition = _vectors.Partitions.Of(slot);
        foreach (byte peer in _vectors.Peers)
        {
            if (_vectors.Known(partition, peer) is not { } heard || heard.ClockMs < after || !heard.Applied.Covers(state.Touch))
                return false;
        }

        return true;
    }
}
