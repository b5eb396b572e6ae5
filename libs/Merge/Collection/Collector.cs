using MultiCloudKv.Merge;

namespace MultiCloudKv.Merge.Collection;

public sealed class Collector(SlotVectors vectors, IMergeEffects effects)
{
    /// <summary>
    /// Takes an expired key out of the count of visible keys, once. To be called for every expiry that has come due (a heap, or
    /// the expiry records, says which). Returns the key's expiry as it is now: later than <paramref name="nowMs"/> when it was extended.
    /// </summary>
    public long Hide(IRecordStore store, int slot, uint ns, ReadOnlySpan<byte> key, long nowMs) => throw new NotSupportedException($"{vectors}{effects}");

    /// <summary>Collects what may go of one key. True when nothing is left to collect now or later (unless it changes).</summary>
    public bool CollectKey(IRecordStore store, int slot, uint ns, ReadOnlySpan<byte> key, long nowMs) => throw new NotSupportedException();

    /// <summary>Collects the pending and expired keys of a slot, at most <paramref name="keysMax"/>; returns how many keys it visited.</summary>
    public int CollectSlot(IRecordStore store, int slot, long nowMs, int keysMax) => throw new NotSupportedException();
}
