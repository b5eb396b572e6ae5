namespace MultiCloudKv.RocksDb.Native;

internal sealed class IngestOptionsHandle(nint value) : NativeHandle(value)
{
    protected override bool ReleaseHandle()
    {
        NativeMethods.rocksdb_ingestexternalfileoptions_destroy(handle);
        return true;
    }
}
