namespace MultiCloudKv.RocksDb.Native;

/// <summary>An iterator, which keeps its database open and its read options alive.</summary>
internal sealed class IteratorHandle : NativeHandle
{
    private readonly DbHandle _db;
    private readonly ReadOptionsHandle _options;

    internal IteratorHandle(DbHandle db, ReadOptionsHandle options, ColumnFamilyHandle family)
        : base(NativeMethods.rocksdb_create_iterator_cf(db, options, family))
    {
        _db = db;
        _options = options;
        Hold(db);
        Hold(options);
    }

    protected override bool ReleaseHandle()
    {
        NativeMethods.rocksdb_iter_destroy(handle);
        Release(_options);
        Release(_db);
        return true;
    }
}
