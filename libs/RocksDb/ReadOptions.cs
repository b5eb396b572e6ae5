using MultiCloudKv.RocksDb.Native;

namespace MultiCloudKv.RocksDb;

/// <summary>How a read is done. Bounds count for iterators only.</summary>
/// <remarks>Not thread-safe while it is being set; afterwards any number of readers may use it. It may be disposed while iterators made with it live.</remarks>
public sealed class ReadOptions : IDisposable
{
    internal static readonly ReadOptions Default = new();

    public ReadOptions()
    {
        RocksDbLibrary.Load();
        Handle = new ReadOptionsHandle(NativeMethods.rocksdb_readoptions_create());
    }

    internal ReadOptionsHandle Handle { get; }

    /// <summary>How far reads with these options go.</summary>
    public ReadTier Tier { get; private set; }

    public ReadOptions SetReadTier(ReadTier tier)
    {
        Tier = tier;
        NativeMethods.rocksdb_readoptions_set_read_tier(Handle, (int)tier);
        return this;
    }

    public ReadOptions SetFillCache(bool value)
    {
        NativeMethods.rocksdb_readoptions_set_fill_cache(Handle, (byte)(value ? 1 : 0));
        return this;
    }

    public ReadOptions SetVerifyChecksums(bool value)
    {
        NativeMethods.rocksdb_readoptions_set_verify_checksums(Handle, (byte)(value ? 1 : 0));
        return this;
    }

    /// <summary>Shows what range deletions have deleted.</summary>
    public ReadOptions SetIgnoreRangeDeletions(bool value)
    {
        NativeMethods.rocksdb_readoptions_set_ignore_range_deletions(Handle, (byte)(value ? 1 : 0));
        return this;
    }

    public ReadOptions SetReadaheadSize(int bytes)
    {
        NativeMethods.rocksdb_readoptions_set_readahead_size(Handle, (nuint)bytes);
        return this;
    }

    /// <summary>Reads at a snapshot; null reads the newest state again.</summary>
    public ReadOptions SetSnapshot(Snapshot? snapshot)
    {
        Handle.SetSnapshot(snapshot?.Handle);
        return this;
    }

    /// <summary>The first key an iterator may show. Not to be changed while an iterator made with these options lives.</summary>
    public ReadOptions SetIterateLowerBound(ReadOnlySpan<byte> inclusive)
    {
        Handle.SetLowerBound(inclusive);
        return this;
    }

    /// <summary>The key an iterator ends before. Not to be changed while an iterator made with these options lives.</summary>
    public ReadOptions SetIterateUpperBound(ReadOnlySpan<byte> exclusive)
    {
        Handle.SetUpperBound(exclusive);
        return this;
    }

    public void Dispose() => Handle.Dispose();
}
