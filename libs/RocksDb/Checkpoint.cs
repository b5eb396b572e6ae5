using MultiCloudKv.RocksDb.Native;

namespace MultiCloudKv.RocksDb;

/// <summary>Makes a second, openable directory of a database out of hard links.</summary>
public sealed class Checkpoint : IDisposable
{
    private readonly CheckpointHandle _handle;

    internal Checkpoint(DbHandle db)
    {
        nint error = 0;
        nint checkpoint = NativeMethods.rocksdb_checkpoint_object_create(db, ref error);
        RocksDbException.ThrowIf(error);
        _handle = new CheckpointHandle(checkpoint);
    }

    /// <param name="directory">Must not exist; its parent must.</param>
    /// <param name="logSizeForFlush">Memtables are flushed first when the WAL is at least as long; 0 flushes always.</param>
    public void Save(string directory, long logSizeForFlush = 0)
    {
        nint error = 0;
        NativeMethods.rocksdb_checkpoint_create(_handle, directory, (ulong)logSizeForFlush, ref error);
        RocksDbException.ThrowIf(error);
    }

    public void Dispose() => _handle.Dispose();
}
