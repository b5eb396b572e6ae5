using MultiCloudKv.Merge;
using MultiCloudKv.Server.Storage.Cache;

namespace MultiCloudKv.Server.Storage;

/// <summary>Carries what a change did to the records to those who keep track: key counts, expiries, collection, watchers.</summary>
/// <remarks>One per session or pipeline. <see cref="Stripe"/> is set, with that stripe held, before a change is applied to it.</remarks>
internal sealed class StripeEffects(ExpiryQueues expiries, PendingSlots pending, CommitListeners listeners) : IMergeEffects
{
    public Stripe? Stripe { get; set; }

    public void KeyTouched(int slot, uint ns, ReadOnlySpan<byte> key) => listeners.Current?.KeyTouched(slot, key);

    public void KeysChanged(uint ns, int delta) => Stripe!.VisibleKeys += delta;

    public void ExpiringKeysChanged(uint ns, int delta) => Stripe!.ExpiringKeys += delta;

    public void ExpiryChanged(int slot, uint ns, ReadOnlySpan<byte> key, long expiryMs) => expiries.Add(slot, ns, key, expiryMs);

    public void PendingChanged(int slot, uint ns, ReadOnlySpan<byte> key, bool isPending)
    {
        if (isPending)
            pending.Mark(slot);
    }
}
