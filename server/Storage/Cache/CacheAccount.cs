namespace MultiCloudKv.Server.Storage.Cache;

/// <summary>
/// The memory of all stripes. Stripes count for themselves and hand their differences over in lumps, so that the shared
/// counters are touched rarely; they are exact to within one lump a stripe.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class CacheAccount
{
    private long _cached;
    private long _dirty;

    internal CacheAccount(RecordCacheOptions options)
    {
        CachedMax = options.CacheBytes;
        DirtyMax = options.DirtyBytes;
        Lump = Math.Clamp(options.DirtyBytes / 8192, 64, 32 << 10);
    }

    internal long CachedMax { get; }

    internal long DirtyMax { get; }

    /// <summary>Difference a stripe keeps to itself.</summary>
    internal long Lump { get; }

    internal long Cached => Volatile.Read(ref _cached);

    internal long Dirty => Volatile.Read(ref _dirty);

    /// <summary>Some clean record was given up since the start.</summary>
    internal bool HasEvicted { get; set; }

    internal bool IsOver => Cached > CachedMax;

    /// <summary>Called when more than half of the dirty bound is taken.</summary>
    internal Action? HalfDirty { get; set; }

    internal void AddCached(long difference) => Interlocked.Add(ref _cached, difference);

    internal void AddDirty(long difference)
    {
        if (Interlocked.Add(ref _dirty, difference) > DirtyMax / 2 && difference > 0)
            HalfDirty?.Invoke();
    }
}
