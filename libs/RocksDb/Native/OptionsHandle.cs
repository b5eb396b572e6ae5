namespace MultiCloudKv.RocksDb.Native;

/// <summary>A rocksdb_options_t: the C API has one type for the options of a database and of a column family.</summary>
internal sealed class OptionsHandle(nint value) : NativeHandle(value)
{
    protected override bool ReleaseHandle()
    {
        NativeMethods.rocksdb_options_destroy(handle);
        return true;
    }
}
