namespace MultiCloudKv.RocksDb.Native;

internal sealed class BlockBasedTableOptionsHandle(nint value) : NativeHandle(value)
{
    protected override bool ReleaseHandle()
    {
        NativeMethods.rocksdb_block_based_options_destroy(handle);
        return true;
    }
}
