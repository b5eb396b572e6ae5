namespace MultiCloudKv.RocksDb.Native;

internal sealed class DbHandle(nint value) : NativeHandle(value)
{
    protected override bool ReleaseHandle()
    {
        NativeMethods.rocksdb_close(handle);
        return true;
    }
}
