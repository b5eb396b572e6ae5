namespace MultiCloudKv.RocksDb.Native;

internal sealed class CompactOptionsHandle(nint value) : NativeHandle(value)
{
    protected override bool ReleaseHandle()
    {
        NativeMethods.rocksdb_compactoptions_destroy(handle);
        return true;
    }
}
