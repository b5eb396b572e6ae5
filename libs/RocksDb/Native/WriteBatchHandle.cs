namespace MultiCloudKv.RocksDb.Native;

internal sealed class WriteBatchHandle(nint value) : NativeHandle(value)
{
    protected override bool ReleaseHandle()
    {
        NativeMethods.rocksdb_writebatch_destroy(handle);
        return true;
    }
}
