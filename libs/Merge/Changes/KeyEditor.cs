using MultiCloudKv.Foundation;
using MultiCloudKv.Merge.Records;
using MultiCloudKv.Merge.State;

namespace MultiCloudKv.Merge.Changes;

/// <summary>
/// One key taken out of the store, changed, and put back with everything that is derived from it. The derived records and
/// counts follow from the state before and after alone, so no rule has to think of them:
/// <list type="number">
/// <item>each element saved moves its type's count, newest stamp, the number of foreign deltas and of residue elements, its
/// pending record, and for a sorted set that is not small (<see cref="SmallSortedSet"/>) its score record;</item>
/// <item>when the key is closed: the newest stamps are made exact if several types are live (a scan; the only other one is when a small sorted set outgrows its limits), then the
/// expiry record, the pending record and the count of visible keys are moved from what they were to what they are.</item>
/// </list>
/// </summary>
/// <remarks>Not thread-safe, reused; the caller holds the key's stripe while it is open.</remarks>
internal sealed class KeyEditor(SlotVectors vectors, IMergeEffects effects, int smallMax = SmallSortedSet.MembersMax)
{
    private readonly ByteWriter _record = new();
    private readonly ElementState _scanned = new();
    private IRecordStore _store = null!;
    private ElementFacts _elementBefore;
    private long _nowMs;
    private bool _stored;
    private bool _countedBefore;
    private bool _pendingBefore;
    private long _expiryBefore;
    private ulong _dropped;

    public KeyState Key { get; } = new();

    public RecordKeyBuffer Keys { get; } = new();

    /// <summary>The element loaded last.</summary>
    public ElementState Element { get; } = new();

    public bool IsOpen { get; private set; }

    /// <summary>True when a record of this key is in the store.</summary>
    public bool WasStored => _stored;

    /// <summary>Loads a key; an absent one is an empty state. What an exception has left open is dropped.</summary>
    public void Open(IRecordStore store, int slot, uint ns, ReadOnlySpan<byte> key, long nowMs)
    {
        IsOpen = false;
        Keys.Set(slot, ns, key);
        _store = store;
        _nowMs = nowMs;
        _dropped = 0;
        _stored = store.TryGet(Keys.Meta(), out ReadOnlySpan<byte> record);
        if (_stored)
            KeyCodec.Read(record, Key);
        else
            Key.Clear();
        _countedBefore = Key.Counted;
        _pendingBefore = _stored && Key.IsPending;
        _expiryBefore = IndexedExpiry();
        IsOpen = true;
    }

    /// <summary>Drops the key without writing it back.</summary>
    public void Abandon() => IsOpen = false;

    /// <summary>Loads an element of a collection; an absent one is an empty state.</summary>
    public ElementState Load(ElementType type, ReadOnlySpan<byte> element)
    {
        if (Key.Version != 0 && _store.TryGet(Keys.Element(Key.Version, type, element), out ReadOnlySpan<byte> record))
            ElementCodec.Read(record, Element);
        else
            Element.Clear();
        _elementBefore = new ElementFacts(Element, type, vectors.Self);
        return Element;
    }

    /// <summary>Writes the element loaded last.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="element">Its name; must not point into the store.</param>
    /// <param name="hlc">Time of the change: becomes the version of the key's elements when it has none yet.</param>
    public void Save(ElementType type, ReadOnlySpan<byte> element, ulong hlc)
    {
        var after = new ElementFacts(Element, type, vectors.Self);
        if (after.Stored && Key.Version == 0)
            Key.Version = Math.Max(_dropped + 1, hlc);
        Account(type, element, _elementBefore, after);
        if (after.Stored)
        {
            _record.Clear();
            ElementCodec.Write(Element, _record);
            _store.Put(Keys.Element(Key.Version, type, element), _record.Written);
        }
        else if (_elementBefore.Stored)
        {
            _store.Delete(Keys.Element(Key.Version, type, element));
        }
    }

    /// <summary>Drops all element records by leaving their version behind. Only when none of them holds remains.</summary>
    public void DropElements()
    {
        if (Key.Version == 0)
            return;
        Invariant.Check(Key.Remains == 0);
        _store.DropPrefix(Keys.Version(RecordKind.Element, Key.Version));
        if (Key.CountOf(ElementType.SortedSet) > 0 && !Key.Small)
            _store.DropPrefix(Keys.Version(RecordKind.ScoreIndex, Key.Version));
        _dropped = Key.Version;
        Key.Version = 0;
        Key.ClearElements();
    }

    /// <summary>Every element record of the key as it is now.</summary>
    public RecordCursor ScanElements() => RecordRange.Scan(_store, Keys.Version(RecordKind.Element, Key.Version));

    /// <summary>The residue elements of the key as they are now.</summary>
    public RecordCursor ScanPending() => RecordRange.Scan(_store, Keys.Pending());

    /// <summary>Writes the key back with its derived records.</summary>
    public void Close()
    {
        IsOpen = false;
        MakeExact();
        if (!Key.HasElements)
            Key.Version = 0;
        ElementType visible = Key.VisibleType;
        bool gone = visible == ElementType.None && vectors.Peers.IsEmpty && !Key.HoldsRemains;
        Finish(visible, gone);
    }

    /// <summary>Removes the key and all its records, whatever they hold.</summary>
    public void Erase()
    {
        IsOpen = false;
        if (Key.Residue > 0)
            _store.DropPrefix(Keys.Pending());
        Key.Remains = 0;
        DropElements();
        Key.Clear();
        Finish(ElementType.None, gone: true);
    }

    private void Account(ElementType type, ReadOnlySpan<byte> element, in ElementFacts before, in ElementFacts after)
    {
        ref TypeState state = ref Key[type];
        state.Count += (after.Live ? 1 : 0) - (before.Live ? 1 : 0);
        if (after.Live && (after.Newest >= state.Newest || state.Count == 1))
        {
            state.Newest = after.Newest;
            state.Exact = true;
        }
        else if (before.Live && before.Newest == state.Newest && after.Newest != before.Newest)
        {
            state.Exact = false;
        }

        if (state.Count == 0)
            state = default;
        Key.ForeignDeltas += (after.Foreign ? 1 : 0) - (before.Foreign ? 1 : 0);
        Key.Remains += (after.Remains ? 1 : 0) - (before.Remains ? 1 : 0);
        Key.Residue += (after.Residue ? 1 : 0) - (before.Residue ? 1 : 0);
        if (after.Residue && !before.Residue)
            _store.Put(Keys.Pending(type, element), default);
        else if (before.Residue && !after.Residue)
            _store.Delete(Keys.Pending(type, element));
        if (type == ElementType.SortedSet)
            MoveScore(element, before, after);
    }

    private void MoveScore(ReadOnlySpan<byte> member, in ElementFacts before, in ElementFacts after)
    {
        long count = Key.CountOf(ElementType.SortedSet);
        if (after.Live && !before.Live)
        {
            bool fits = SmallSortedSet.Fits(count, member, smallMax);
            if (Key.Small && !fits)
                IndexScores();
            Key.Small = fits && (Key.Small || count == 1);
        }

        if (Key.Small)
        {
            Key.Small = count > 0;
            return;
        }

        bool same = before.Live && after.Live && RecordKeys.SortableScore(before.Score) == RecordKeys.SortableScore(after.Score);
        if (same)
            return;
        if (before.Live)
            _store.Delete(Keys.Score(Key.Version, before.Score, member));
        if (after.Live)
            _store.Put(Keys.Score(Key.Version, after.Score, member), default);
    }

    /// <summary>The members in the store get their score records.</summary>
    private void IndexScores()
    {
        using RecordCursor cursor = RecordRange.Scan(_store, Keys.Element(Key.Version, ElementType.SortedSet, default));
        int memberAt = Keys.VersionPrefixLength + 1;
        while (cursor.MoveNext())
        {
            ElementCodec.Read(cursor.Value, _scanned);
            var facts = new ElementFacts(_scanned, ElementType.SortedSet, vectors.Self);
            if (facts.Live)
                _store.Put(Keys.Score(Key.Version, facts.Score, cursor.Key[memberAt..]), default);
        }
    }

    /// <summary>
    /// When several types are live their newest stamps decide which one shows: where one is only a bound, the elements are looked
    /// at. One type alone keeps just a bound, so that equal states have equal bytes.
    /// </summary>
    private void MakeExact()
    {
        if (Key.LiveTypes < 2)
        {
            Key.LoosenNewest();
            return;
        }

        bool exact = true;
        for (ElementType t = ElementType.Hash; t <= ElementType.Stream; t++)
            exact &= Key[t].Count == 0 || Key[t].Exact;
        if (exact)
            return;
        for (ElementType t = ElementType.Hash; t <= ElementType.Stream; t++)
        {
            Key[t].Newest = Stamp.None;
            Key[t].Exact = true;
        }

        int typeAt = Keys.VersionPrefixLength;
        using RecordCursor cursor = ScanElements();
        while (cursor.MoveNext())
        {
            ElementCodec.Read(cursor.Value, _scanned);
            ref TypeState state = ref Key[(ElementType)cursor.Key[typeAt]];
            if (_scanned.IsLive && _scanned.Newest > state.Newest)
                state.Newest = _scanned.Newest;
        }
    }

    private void Finish(ElementType visible, bool gone)
    {
        long expiry = visible == ElementType.None ? long.MaxValue : Key.ExpiryOf(visible);
        Key.Counted = visible != ElementType.None && _nowMs < expiry;
        if (Key.Counted != _countedBefore)
            effects.KeysChanged(Keys.Namespace, Key.Counted ? 1 : -1);
        bool expiring = Key.Counted && expiry != long.MaxValue;
        if (expiring != (_countedBefore && _expiryBefore != long.MaxValue))
            effects.ExpiringKeysChanged(Keys.Namespace, expiring ? 1 : -1);
        MoveExpiry(expiry);
        bool pending = !gone && Key.IsPending;
        if (pending != _pendingBefore)
            MovePending(pending);
        if (gone)
        {
            if (_stored)
                _store.Delete(Keys.Meta());
            return;
        }

        _record.Clear();
        KeyCodec.Write(Key, _record);
        _store.Put(Keys.Meta(), _record.Written);
    }

    private long IndexedExpiry() => Key.VisibleType is var type && type == ElementType.None ? long.MaxValue : Key.ExpiryOf(type);

    private void MoveExpiry(long expiry)
    {
        if (expiry == _expiryBefore)
            return;
        if (_expiryBefore != long.MaxValue)
            _store.Delete(Keys.Expiry(_expiryBefore));
        if (expiry != long.MaxValue)
            _store.Put(Keys.Expiry(expiry), default);
        effects.ExpiryChanged(Keys.Slot, Keys.Namespace, Keys.Key, expiry);
    }

    private void MovePending(bool pending)
    {
        if (pending)
            _store.Put(Keys.Pending(), default);
        else
            _store.Delete(Keys.Pending());
        effects.PendingChanged(Keys.Slot, Keys.Namespace, Keys.Key, pending);
    }
}
