using MultiCloudKv.RocksDb.Native;

namespace MultiCloudKv.RocksDb;

/// <summary>An LRU cache of uncompressed blocks, shared by the tables it is set on.</summary>
/// <remarks>Thread-safe. May be disposed once the options that use it are made.</remarks>
public sealed class Cache : IDisposable
{
    private Cache(CacheHandle handle) => Handle = handle;

    internal CacheHandle Handle { get; }

    public static Cache CreateLru(long capacityBytes)
    {
        RocksDbLibrary.Load();
        return new Cache(new CacheHandle(NativeMethods.rocksdb_cache_create_lru((nuint)capacityBytes)));
    }

    public long UsageBytes => (long)NativeMethods.rocksdb_cache_get_usage(Handle);

    public long PinnedBytes => (long)NativeMethods.rocksdb_cache_get_pinned_usage(Handle);

    public void SetCapacity(long bytes) => NativeMethods.rocksdb_cache_set_capacity(Handle, (nuint)bytes);

    public void Dispose() => Handle.Dispose();
}
