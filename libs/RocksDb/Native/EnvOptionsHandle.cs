namespace MultiCloudKv.RocksDb.Native;

internal sealed class EnvOptionsHandle(nint value) : NativeHandle(value)
{
    protected override bool ReleaseHandle()
    {
        NativeMethods.rocksdb_envoptions_destroy(handle);
        return true;
    }
}
