using MultiCloudKv.RocksDb.Native;

namespace MultiCloudKv.RocksDb;

/// <summary>How a write is done.</summary>
public sealed class WriteOptions : IDisposable
{
    internal static readonly WriteOptions Default = new();

    public WriteOptions()
    {
        RocksDbLibrary.Load();
        Handle = new WriteOptionsHandle(NativeMethods.rocksdb_writeoptions_create());
    }

    internal WriteOptionsHandle Handle { get; }

    /// <summary>Without a WAL a write is durable only after a flush.</summary>
    public WriteOptions DisableWal(bool value = true)
    {
        NativeMethods.rocksdb_writeoptions_disable_WAL(Handle, value ? 1 : 0);
        return this;
    }

    public WriteOptions SetSync(bool value = true)
    {
        NativeMethods.rocksdb_writeoptions_set_sync(Handle, (byte)(value ? 1 : 0));
        return this;
    }

    public void Dispose() => Handle.Dispose();
}
