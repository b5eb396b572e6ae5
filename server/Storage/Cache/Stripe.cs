using MultiCloudKv.Foundation;

namespace MultiCloudKv.Server.Storage.Cache;

/// <summary>128 slots, their lock and their records.</summary>
public sealed class Stripe
{
    /// <summary>Slots of a stripe.</summary>
    public const int SlotCount = 128;

    internal Stripe(RecordCache cache, int index)
    {
        Cache = cache;
        Index = index;
        Store = new StripeStore(this);
    }

    public int Index { get; }

    /// <summary>The records, for whoever holds the stripe.</summary>
    public StripeStore Store { get; }

    /// <summary>The applied vectors of the stripe's slots.</summary>
    public AppliedRows Applied { get; } = new();

    /// <summary>Number of visible keys; kept by the engine.</summary>
    public long VisibleKeys { get; set; }

    /// <summary>No expiry index record put since the last sweep lies before this time; the sweeper raises it.</summary>
    public long EarliestExpiryMs { get; set; } = long.MaxValue;

    /// <summary>The epoch changes belong to now.</summary>
    public uint Epoch { get; private set; } = 1;

    internal RecordCache Cache { get; }

    /// <summary>Takes the stripe. Several are taken in ascending order.</summary>
    public void Enter() => throw new NotSupportedException();

    public bool TryEnter() => throw new NotSupportedException();

    /// <summary>Lets the stripe go.</summary>
    public void Exit() => throw new NotSupportedException();

    /// <summary>
    /// To be called with the stripe held before a change of <paramref name="epoch"/> is applied: the first call with a
    /// new number freezes what belongs to the old one.
    /// </summary>
    public void EnterEpoch(uint epoch) => throw new NotSupportedException();

    /// <summary>
    /// Says that no version of a key of this slot stored so far is above <paramref name="version"/>; elements of a higher
    /// version are then known not to be in the checkpoint. Set at start from the slot's applied vector.
    /// </summary>
    public void SetVersionFloor(int slot, ulong version) => throw new NotSupportedException();
}
