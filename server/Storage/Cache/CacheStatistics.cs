namespace MultiCloudKv.Server.Storage.Cache;

/// <summary>A moment's figures of the record cache.</summary>
/// <param name="Hits">Lookups answered from the cache.</param>
/// <param name="Misses">Lookups that had to ask the checkpoint store.</param>
/// <param name="CachedBytes">Memory of all records, clean and dirty.</param>
/// <param name="DirtyBytes">Memory of changed records not yet in the checkpoint, old images included.</param>
/// <param name="Records">Records in memory.</param>
/// <param name="Evictions">Clean records given up.</param>
/// <param name="Epoch">Number of the open epoch.</param>
/// <param name="EpochsFlushed">Epochs written since the start.</param>
/// <param name="LastFlushMs">Duration of the last flush.</param>
/// <param name="LastFlushBytes">Bytes it wrote.</param>
/// <param name="LastFlushRecords">Records it wrote.</param>
/// <param name="Loads">Records read by the loader.</param>
/// <param name="DirtyWaits">Times a writer waited at the dirty bound.</param>
public readonly record struct CacheStatistics(
    long Hits,
    long Misses,
    long CachedBytes,
    long DirtyBytes,
    long Records,
    long Evictions,
    uint Epoch,
    long EpochsFlushed,
    double LastFlushMs,
    long LastFlushBytes,
    long LastFlushRecords,
    long Loads,
    long DirtyWaits);
