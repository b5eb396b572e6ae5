using MultiCloudKv.Foundation;

namespace MultiCloudKv.Merge.Changes;

public sealed class ChangeApplier(SlotVectors vectors, IMergeEffects effects)
{
    /// <summary>What <see cref="Apply"/> would say of a group, without doing anything.</summary>
    public ApplyResult Judge(int slot, Stamp stamp, ulong prev) =>
        throw new NotSupportedException($"{vectors}{effects}");

    /// <summary>Applies one group: the operations of one change in one slot. The same for own and remote changes and for replay.</summary>
    /// <param name="store">Holds the slot; its stripe is held by the caller.</param>
    /// <param name="stamp">Stamp of the change.</param>
    /// <param name="group">One whole, well-formed group.</param>
    /// <param name="nowMs">This node's clock: decides which keys count as visible.</param>
    public ApplyResult Apply(IRecordStore store, Stamp stamp, ReadOnlySpan<byte> group, long nowMs) =>
        throw new NotSupportedException();
}
