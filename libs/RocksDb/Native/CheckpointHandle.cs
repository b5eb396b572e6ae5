namespace MultiCloudKv.RocksDb.Native;

internal sealed class CheckpointHandle(nint value) : NativeHandle(value)
{
    protected override bool ReleaseHandle()
    {
        NativeMethods.rocksdb_checkpoint_object_destroy(handle);
        return true;
    }
}
