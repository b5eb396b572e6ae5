namespace MultiCloudKv.RocksDb.Native;

internal sealed class SstFileWriterHandle(nint value) : NativeHandle(value)
{
    protected override bool ReleaseHandle()
    {
        NativeMethods.rocksdb_sstfilewriter_destroy(handle);
        return true;
    }
}
