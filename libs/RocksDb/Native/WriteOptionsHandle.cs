namespace MultiCloudKv.RocksDb.Native;

internal sealed class WriteOptionsHandle(nint value) : NativeHandle(value)
{
    protected override bool ReleaseHandle()
    {
        NativeMethods.rocksdb_writeoptions_destroy(handle);
        return true;
    }
}
