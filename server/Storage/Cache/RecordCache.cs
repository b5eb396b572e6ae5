namespace MultiCloudKv.Server.Storage.Cache;

/// <summary>All stripes, their bounds, the loader and the epochs.</summary>
public sealed class RecordCache : IDisposable
{
    /// <summary>Number of stripes.</summary>
    public const int StripeCount = 128;

    /// <param name="options">Bounds.</param>
    /// <param name="store">The checkpoint store below; stays the caller's.</param>
    /// <param name="firstEpoch">Number of the first open epoch.</param>
    public RecordCache(RecordCacheOptions options, CheckpointStore store, uint firstEpoch = 1)
    {
        options.Validate();
        Options = options;
        Store = store;
        throw new NotSupportedException();
    }

    public RecordCacheOptions Options { get; }

    public CheckpointStore Store { get; }

    public EpochManager Epochs => throw new NotSupportedException();

    public RecordLoader Loader => throw new NotSupportedException();

    /// <summary>The stripe of an index, 0 to 127.</summary>
    public Stripe this[int index] => throw new NotSupportedException();

    public static int StripeOf(int slot) => slot >> 7;

    /// <summary>The stripe of a slot.</summary>
    public Stripe OfSlot(int slot) => this[slot >> 7];

    /// <summary>
    /// To be called by a writer before it takes its stripes: returns at once while there is room for changed records,
    /// else waits until an epoch has been written.
    /// </summary>
    public void WaitForDirtySpace() => throw new NotSupportedException();

    public CacheStatistics Statistics() => throw new NotSupportedException();

    /// <summary>Frees all memory. No stripe may be held, the epoch thread stopped.</summary>
    public void Dispose() => throw new NotSupportedException();
}
