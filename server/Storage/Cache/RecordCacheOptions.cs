namespace MultiCloudKv.Server.Storage.Cache;

/// <summary>Bounds of the record cache.</summary>
public sealed record RecordCacheOptions
{
    /// <summary>Memory of all cached records, clean and dirty, allocation overhead included.</summary>
    public long CacheBytes { get; init; } = 1L << 30;

    /// <summary>Memory of changed records not yet in the checkpoint; writers wait at this bound, an epoch closes at half of it.</summary>
    public long DirtyBytes { get; init; } = 256L << 20;

    /// <summary>An epoch closes when it holds a change and is this old, or up to a fifth younger.</summary>
    public TimeSpan EpochTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Threads that read what is not in memory.</summary>
    public int LoaderThreads { get; init; } = 2;

    /// <exception cref="ArgumentOutOfRangeException">A value lies outside its bounds.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(CacheBytes, 64L << 10);
        ArgumentOutOfRangeException.ThrowIfLessThan(DirtyBytes, 16L << 10);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(DirtyBytes, CacheBytes);
        ArgumentOutOfRangeException.ThrowIfLessThan(EpochTime, TimeSpan.FromMilliseconds(1));
        ArgumentOutOfRangeException.ThrowIfLessThan(LoaderThreads, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(LoaderThreads, 64);
    }
}
