using MultiCloudKv.RocksDb.Native;

namespace MultiCloudKv.RocksDb;

/// <summary>Changes that a database takes over together.</summary>
/// <remarks>Not thread-safe. Reused after <see cref="Clear"/>.</remarks>
public sealed unsafe class WriteBatch : IDisposable
{
    public WriteBatch()
    {
        RocksDbLibrary.Load();
        Handle = new WriteBatchHandle(NativeMethods.rocksdb_writebatch_create());
    }

    internal WriteBatchHandle Handle { get; }

    public int Count => NativeMethods.rocksdb_writebatch_count(Handle);

    /// <summary>Encoded size.</summary>
    public long ByteCount
    {
        get
        {
            nuint length;
            NativeMethods.rocksdb_writebatch_data(Handle, &length);
            return (long)length;
        }
    }

    public void Put(ColumnFamilyHandle family, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        fixed (byte* k = key, v = value)
            NativeMethods.rocksdb_writebatch_put_cf(Handle, family, k, (nuint)key.Length, v, (nuint)value.Length);
    }

    public void Delete(ColumnFamilyHandle family, ReadOnlySpan<byte> key)
    {
        fixed (byte* k = key)
            NativeMethods.rocksdb_writebatch_delete_cf(Handle, family, k, (nuint)key.Length);
    }

    /// <summary>Deletes every key from the first, inclusive, to the second, exclusive.</summary>
    public void DeleteRange(ColumnFamilyHandle family, ReadOnlySpan<byte> startInclusive, ReadOnlySpan<byte> endExclusive)
    {
        fixed (byte* s = startInclusive, e = endExclusive)
            NativeMethods.rocksdb_writebatch_delete_range_cf(Handle, family, s, (nuint)startInclusive.Length, e, (nuint)endExclusive.Length);
    }

    public void Clear() => NativeMethods.rocksdb_writebatch_clear(Handle);

    public void Dispose() => Handle.Dispose();
}
