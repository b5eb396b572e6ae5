using MultiCloudKv.Foundation;
using MultiCloudKv.Merge.Changes;
using MultiCloudKv.Merge.Records;

namespace MultiCloudKv.Merge.Transactions;

/// <summary>
/// The local side of a change: what one command, MULTI or script reads and wants to write.
/// <para>
/// <b>Shape of every write.</b> The engine holds the stripes of all keys concerned; <see cref="Begin"/>; the handlers open keys, read,
/// and write through <see cref="KeyView"/>; the engine appends <see cref="Groups"/> to the binlog, which gives them their stamp and
/// partition sequences; then <see cref="ChangeApplier"/> applies the same bytes to the store, as every other region will. Nothing
/// reaches the store before that, so a transaction can be dropped and run again at any point (<see cref="NotResidentException"/>).
/// </para>
/// <para>
/// <b>Groups are built as they are written.</b> The slot's context can't change while its stripe is held, so a group's header is written
/// with its first operation and the operations follow; a transaction of one slot is encoded without a copy.
/// </para>
/// <para>
/// <b>Reading what was written.</b> A view that reads a key which has operations pending applies them, under a provisional stamp above
/// every other, to an <see cref="OverlayStore"/>. Most transactions never do: what they wrote is not what they read next, which a
/// small set of hashes tells (a false alarm costs an overlay, never a wrong answer). Since applying is deterministic and any stamp
/// above all others sorts alike, the commit gives the state that the transaction saw.
/// </para>
/// </summary>
/// <remarks>Not thread-safe, reused. All spans it gives are valid until the next call on it.</remarks>
public sealed class Transaction
{
    private readonly SlotVectors _vectors;
    private readonly IRecordStores _stores;
    private readonly ChangeApplier _provisional;
    private readonly List<KeyView> _views = [];
    private readonly List<SlotChanges> _changes = [];
    private readonly ByteWriter _joined = new(16);
    private readonly RecordKeyBuffer _keys = new();
    private int _viewCount;
    private ulong _provisionalHlc;
    private bool _wanting;

    /// <param name="vectors">The node's vectors.</param>
    /// <param name="stores">Finds a slot's records.</param>
    public Transaction(SlotVectors vectors, IRecordStores stores)
    {
        _vectors = vectors;
        _stores = stores;
        _provisional = new ChangeApplier(vectors, NoEffects.Instance);
    }

    /// <summary>This node's clock for this transaction: decides what has expired.</summary>
    public long NowMs { get; private set; }

    /// <summary>The namespace keys are opened in.</summary>
    public uint Namespace { get; set; }

    /// <summary>True when something is to be committed.</summary>
    public bool HasChanges => GroupCount > 0;

    /// <summary>Number of groups in <see cref="Groups"/>: slots that were written to.</summary>
    public int GroupCount { get; private set; }

    /// <summary>
    /// The groups, encoded, in ascending slot order, with partition sequence 0. Asked for once, when the transaction is
    /// complete; valid until the next Begin or Reset.
    /// </summary>
    public Span<byte> Groups
    {
        get
        {
            for (int i = 0; i < GroupCount; i++)
                _changes[i].Finish();
            if (GroupCount == 1)
                return _changes[0].Group.Patch(0, _changes[0].Group.Length);
            _changes.Sort(0, GroupCount, Comparer<SlotChanges>.Create((a, b) => a.Slot.CompareTo(b.Slot)));
            _joined.Clear();
            for (int i = 0; i < GroupCount; i++)
                _joined.Write(_changes[i].Group.Written);
            return _joined.Patch(0, _joined.Length);
        }
    }

    internal SlotVectors Vectors => _vectors;

    /// <summary>Counts operations: a view that was loaded at another count looks whether it is still right.</summary>
    internal int Writes { get; private set; }

    internal ulong ProvisionalHlc => _provisionalHlc;

    /// <summary>Starts anew: nothing opened, nothing written. The stripes of all keys to be opened are held from before the first Open until after the commit.</summary>
    /// <param name="nowMs">This node's clock.</param>
    /// <param name="provisionalHlc">Above every time issued or observed so far (the clock's Last + 1): stands in for the stamp when the transaction reads what it has written.</param>
    public void Begin(long nowMs, ulong provisionalHlc)
    {
        Reset();
        NowMs = nowMs;
        _provisionalHlc = provisionalHlc;
    }

    /// <summary>Opens a key for reading and writing. The view is valid until the next Begin or Reset.</summary>
    public KeyView Open(ReadOnlySpan<byte> key)
    {
        if (_viewCount == _views.Count)
            _views.Add(new KeyView(this));
        KeyView view = _views[_viewCount++];
        int slot = Slots.Of(key);
        view.Open(_stores.Of(slot), slot, Namespace, key);
        return view;
    }

    /// <summary>Notes that a key will be read; false when it is not resident (asked for by then). For commands of many keys: Want all, then <see cref="ThrowIfWanting"/>.</summary>
    public bool Want(ReadOnlySpan<byte> key)
    {
        int slot = Slots.Of(key);
        _keys.Set(slot, Namespace, key);
        return Want(_stores.Of(slot), _keys.Meta());
    }

    /// <summary>Throws once when anything asked for since Begin is not resident.</summary>
    /// <exception cref="NotResidentException">Something is missing.</exception>
    public void ThrowIfWanting()
    {
        if (_wanting)
            throw NotResidentException.Instance;
    }

    /// <summary>A slot's records as this transaction sees them, its own writes included: for walks over many keys.</summary>
    public IRecordStore StoreOf(int slot)
    {
        IRecordStore store = _stores.Of(slot);
        return ChangesOf(slot) is { } changes ? changes.Overlay(store, _provisional, _provisionalHlc, NowMs) : store;
    }

    /// <summary>Removes every key of the namespace in a slot (FLUSHALL, FLUSHDB). False when the slot holds nothing.</summary>
    public bool ClearSlot(int slot)
    {
        IRecordStore store = StoreOf(slot);
        var floors = new FloorGatherer(_vectors.Self);
        if (!floors.GatherSlot(store, slot, Namespace))
            return false;
        SlotChanges changes = Begin(slot);
        OpWriter.Begin(changes.Group, Opcode.ClearSlot, Namespace, default);
        floors.WriteKeys(changes.Group);
        changes.Cleared = true;
        return true;
    }

    /// <summary>Drops everything.</summary>
    public void Reset()
    {
        _viewCount = 0;
        GroupCount = 0;
        Writes = 0;
        _wanting = false;
    }

    internal bool Want(IRecordStore store, ReadOnlySpan<byte> recordKey)
    {
        bool resident = store.Request(recordKey);
        _wanting |= !resident;
        return resident;
    }

    /// <summary>Where a key is read: the store itself unless operations of this transaction touch the key.</summary>
    internal IRecordStore SourceOf(IRecordStore store, int slot, ulong keyHash)
    {
        SlotChanges? changes = ChangesOf(slot);
        return changes is null || !changes.Touches(keyHash) ? store : changes.Overlay(store, _provisional, _provisionalHlc, NowMs);
    }

    /// <summary>Begins an operation in a slot.</summary>
    internal SlotChanges Begin(int slot)
    {
        Writes++;
        return ChangesOf(slot) ?? AddChanges(slot);
    }

    internal SlotChanges? ChangesOf(int slot)
    {
        for (int i = 0; i < GroupCount; i++)
        {
            if (_changes[i].Slot == slot)
                return _changes[i];
        }

        return null;
    }

    private SlotChanges AddChanges(int slot)
    {
        if (GroupCount == _changes.Count)
            _changes.Add(new SlotChanges());
        SlotChanges changes = _changes[GroupCount++];
        changes.Begin(slot, _vectors);
        return changes;
    }
}
