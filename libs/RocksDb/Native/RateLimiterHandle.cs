namespace MultiCloudKv.RocksDb.Native;

internal sealed class RateLimiterHandle(nint value) : NativeHandle(value)
{
    protected override bool ReleaseHandle()
    {
        NativeMethods.rocksdb_ratelimiter_destroy(handle);
        return true;
    }
}
