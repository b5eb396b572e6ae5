using MultiCloudKv.Foundation;

namespace MultiCloudKv.Server.Storage.Cache;

/// <summary>The state at an epoch's cut, as each stripe froze it when it passed.</summary>
/// <remarks>Complete once all stripes have passed; immutable from then on.</remarks>
public sealed class ClosedEpoch
{
    private readonly FrozenStripe?[] _stripes = new FrozenStripe?[RecordCache.StripeCount];

    internal ClosedEpoch(uint epoch) => Epoch = epoch;

    /// <summary>Number of the epoch that closed.</summary>
    public uint Epoch { get; }

    /// <summary>Sum over all stripes.</summary>
    public long VisibleKeys
    {
        get
        {
            long sum = 0;
            foreach (FrozenStripe? stripe in _stripes)
                sum += stripe?.VisibleKeys ?? 0;
            return sum;
        }
    }

    /// <summary>What <see cref="RecordCache.Capture"/> returned for a stripe at the cut.</summary>
    public object? Captured(int stripe) => Frozen(stripe).Captured;

    /// <summary>The number of visible keys of one stripe at the cut.</summary>
    public long VisibleKeysOf(int stripe) => Frozen(stripe).VisibleKeys;

    /// <summary>How many of these have an expiry.</summary>
    public long ExpiringKeysOf(int stripe) => Frozen(stripe).ExpiringKeys;

    internal FrozenStripe Frozen(int stripe)
    {
        FrozenStripe? frozen = _stripes[stripe];
        Invariant.Check(frozen is not null);
        return frozen;
    }

    internal void Add(int stripe, FrozenStripe frozen) => _stripes[stripe] = frozen;
}
