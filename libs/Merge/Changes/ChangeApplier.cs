using MultiCloudKv.Foundation;
using MultiCloudKv.Merge.Records;
using MultiCloudKv.Merge.State;

namespace MultiCloudKv.Merge.Changes;

/// <summary>
/// Applies changes to the records: own ones after their commit, those of other regions, and either again at replay, by the
/// same code. What comes out depends only on the set of changes applied, not on their interleaving.
/// <para>
/// <b>What a change brings.</b> Its stamp (h, o); its context: what of each other region its writer had applied in this slot; prev,
/// the origin's change before it in this slot; its operations. "The writer had seen x" is therefore a comparison of two
/// numbers: x is of the origin itself, or x ≤ ctx of x's region.
/// </para>
/// <para>
/// <b>Steps</b> for one group:
/// <list type="number">
/// <item>h ≤ applied[o]: a duplicate, nothing is done. prev ≠ applied[o]: a hole, nothing is done, the caller stops the stream.</item>
/// <item>For each operation the key is taken out of the store (<see cref="KeyEditor"/>), <see cref="MergeRules"/> absorb what the writer
/// had seen and add what it wrote, and when the next operation is on another key it is put back with its derived records. Operations
/// of one change see what the earlier ones did.</item>
/// <item>Where the context is ahead of what is applied here (three or more regions), it is remembered in the element, the key or the
/// slot, and a change that arrives later and is covered by it is absorbed at once.</item>
/// <item>applied[o] = h.</item>
/// </list>
/// </para>
/// <para>
/// <b>The plain path.</b> Nearly every change meets a plain record and a context that covers it. <see cref="PlainPath"/> does those on the
/// bytes, with one look-up per record and without decoding; it declines whatever it does not know, and a test compares the two
/// paths on random input.
/// </para>
/// <para>
/// <b>Failure.</b> Malformed bytes break an invariant: what comes from elsewhere is validated before it is logged
/// (<see cref="ChangeGroup.TryRead"/>, <see cref="OpReader.Validate"/>). A store that throws leaves the group half applied: the caller stops the process and
/// replay applies it from the last checkpoint.
/// </para>
/// </summary>
/// <remarks>Not thread-safe: one per thread that applies. The caller holds the slot's stripe.</remarks>
public sealed class ChangeApplier
{
    private readonly SlotVectors _vectors;
    private readonly IMergeEffects _effects;
    private readonly ChangeContext _change;
    private readonly KeyEditor _editor;
    private readonly MergeRules _rules;
    private readonly PlainPath? _plain;

    public ChangeApplier(SlotVectors vectors, IMergeEffects effects)
        : this(vectors, effects, plainPath: true, SmallSortedSet.MembersMax)
    {
    }

    internal ChangeApplier(SlotVectors vectors, IMergeEffects effects, bool plainPath, int smallMax)
    {
        _vectors = vectors;
        _effects = effects;
        _change = new ChangeContext(vectors);
        _editor = new KeyEditor(vectors, effects, smallMax);
        _rules = new MergeRules(_change, _editor);
        _plain = plainPath ? new PlainPath(_change, effects, smallMax) : null;
    }

    /// <summary>What <see cref="Apply"/> would say of a group, without doing anything.</summary>
    public ApplyResult Judge(int slot, Stamp stamp, ulong prev)
    {
        ulong applied = _vectors.Applied(slot, stamp.Region);
        if (stamp.Hlc <= applied)
            return ApplyResult.Duplicate;
        return prev == applied ? ApplyResult.Applied : ApplyResult.Hole;
    }

    /// <summary>Applies one group: the operations of one change in one slot. The same for own and remote changes and for replay.</summary>
    /// <param name="store">Holds the slot; its stripe is held by the caller.</param>
    /// <param name="stamp">Stamp of the change.</param>
    /// <param name="group">One whole, well-formed group; must not point into the store.</param>
    /// <param name="nowMs">This node's clock: decides which keys count as visible.</param>
    public ApplyResult Apply(IRecordStore store, Stamp stamp, ReadOnlySpan<byte> group, long nowMs)
    {
        var reader = new ByteReader(group);
        Invariant.Check(ChangeGroup.TryRead(ref reader, out ChangeGroup change));
        ApplyResult verdict = Judge(change.Slot, stamp, change.Previous);
        if (verdict != ApplyResult.Applied)
            return verdict;
        _change.Begin(store, change.Slot, stamp, change.ContextBytes, nowMs);
        Run(change.Ops);
        _vectors.SetApplied(change.Slot, stamp.Region, stamp.Hlc);
        return ApplyResult.Applied;
    }

    /// <summary>Applies operations of an own change that is not committed yet, to a store that is thrown away.</summary>
    internal void ApplyProvisional(IRecordStore store, int slot, ulong hlc, ReadOnlySpan<byte> ops, long nowMs)
    {
        _change.BeginOwn(store, slot, new Stamp(hlc, _vectors.Self), nowMs);
        Run(ops);
    }

    private void Run(ReadOnlySpan<byte> bytes)
    {
        _editor.Abandon();
        var ops = new OpReader(bytes);
        while (ops.MoveNext())
        {
            if (ops.Opcode == Opcode.ClearSlot)
            {
                CloseKey();
                ClearSlot(ref ops);
                continue;
            }

            if (!_editor.IsOpen || !_editor.Keys.Is(_change.Slot, ops.Namespace, ops.Key))
            {
                CloseKey();
                if (_plain is not null && _plain.TryApply(ref ops))
                    continue;
                _editor.Open(_change.Store, _change.Slot, ops.Namespace, ops.Key, _change.NowMs);
            }

            ApplyToOpen(ref ops);
        }

        CloseKey();
        Invariant.Check(!ops.Malformed);
    }

    private void ApplyToOpen(ref OpReader op)
    {
        switch (op.Opcode)
        {
            case Opcode.Set:
                _rules.Set(ref op);
                break;
            case Opcode.Write:
                _rules.Write(ref op);
                break;
            case Opcode.Remove:
                _rules.Remove(ref op);
                break;
            case Opcode.RemoveKey:
                _rules.RemoveKey(op.Floors);
                break;
            case Opcode.Increment:
                _rules.Increment(ref op);
                break;
            case Opcode.Expire:
                _rules.Expire(op.Expiry);
                break;
            default:
                Invariant.Check(op.Opcode == Opcode.Create);
                _rules.RemoveKey(op.Floors);
                _rules.Expire(OpWriter.Never);
                break;
        }
    }

    private void CloseKey()
    {
        if (!_editor.IsOpen)
            return;
        _editor.Close();
        _effects.KeyTouched(_change.Slot, _editor.Keys.Namespace, _editor.Keys.Key);
    }

    private void ClearSlot(ref OpReader op)
    {
        var floors = new FloorReader(op.Floors);
        while (floors.NextKey())
            DropKey(op.Namespace, floors.Key, floors.Inner);
        Span<byte> low = stackalloc byte[16];
        Span<byte> high = stackalloc byte[16];
        int lowLength = RecordKeys.NamespaceBound(low, RecordKind.Meta, _change.Slot, op.Namespace);
        int highLength = RecordKeys.NamespaceBound(high, RecordKind.Meta, _change.Slot, op.Namespace + 1);
        using (RecordCursor cursor = _change.Store.Scan(low[..lowLength], high[..highLength]))
        {
            while (cursor.MoveNext())
            {
                Invariant.Check(RecordKeys.TryParse(cursor.Key, out _, out uint ns, out ReadOnlySpan<byte> key, out _));
                DropKey(ns, key, default);
            }
        }

        _change.RaiseCleared(op.Namespace);
    }

    private void DropKey(uint ns, ReadOnlySpan<byte> key, ReadOnlySpan<byte> floors)
    {
        _editor.Open(_change.Store, _change.Slot, ns, key, _change.NowMs);
        _rules.Drop(floors);
        CloseKey();
    }
}
