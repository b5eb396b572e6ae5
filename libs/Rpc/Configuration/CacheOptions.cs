namespace MultiCloudKv.Rpc.Configuration;

/// <summary>Memory of the record cache.</summary>
public sealed class CacheOptions
{
    /// <summary>Bytes of records kept in memory, changed and unchanged ones.</summary>
    public long Bytes { get; internal set; }

    /// <summary>Bytes of changed records that no epoch holds yet; writers wait at the bound.</summary>
    public long DirtyBytes { get; internal set; }

    /// <summary>Age at which an epoch that holds a change closes.</summary>
    public TimeSpan EpochTime { get; internal set; }
}
