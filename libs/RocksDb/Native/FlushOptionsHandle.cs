namespace MultiCloudKv.RocksDb.Native;

internal sealed class FlushOptionsHandle(nint value) : NativeHandle(value)
{
    protected override bool ReleaseHandle()
    {
        NativeMethods.rocksdb_flushoptions_destroy(handle);
        return true;
    }
}
