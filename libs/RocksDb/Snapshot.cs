using MultiCloudKv.RocksDb.Native;

namespace MultiCloudKv.RocksDb;

/// <summary>A frozen view of a database, used by <see cref="ReadOptions.SetSnapshot"/>.</summary>
public sealed class Snapshot : IDisposable
{
    internal Snapshot(DbHandle db) => Handle = new SnapshotHandle(db);

    internal SnapshotHandle Handle { get; }

    public void Dispose() => Handle.Dispose();
}
