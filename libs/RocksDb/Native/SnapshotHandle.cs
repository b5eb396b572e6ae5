namespace MultiCloudKv.RocksDb.Native;

/// <summary>A snapshot, given back to the database it was taken of, which stays open until then.</summary>
internal sealed class SnapshotHandle : NativeHandle
{
    private readonly DbHandle _db;

    internal SnapshotHandle(DbHandle db)
        : base(NativeMethods.rocksdb_create_snapshot(db))
    {
        _db = db;
        Hold(db);
    }

    protected override bool ReleaseHandle()
    {
        NativeMethods.rocksdb_release_snapshot(_db.DangerousGetHandle(), handle);
        Release(_db);
        return true;
    }
}
