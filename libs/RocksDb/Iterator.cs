using MultiCloudKv.RocksDb.Native;

namespace MultiCloudKv.RocksDb;

/// <summary>Walks a column family in byte order, over the state of the moment it was made (or of its snapshot).</summary>
/// <remarks>
/// Not thread-safe. <see cref="Key"/> and <see cref="Value"/> are valid until the next move. A move that fails
/// makes <see cref="Valid"/> false; <see cref="ThrowIfFailed"/> tells that from the end.
/// </remarks>
public sealed unsafe class Iterator : IDisposable
{
    private readonly IteratorHandle _handle;

    internal Iterator(DbHandle db, ReadOptionsHandle options, ColumnFamilyHandle family) => _handle = new IteratorHandle(db, options, family);

    public bool Valid => NativeMethods.rocksdb_iter_valid(_handle) != 0;

    public ReadOnlySpan<byte> Key
    {
        get
        {
            nuint length;
            byte* key = NativeMethods.rocksdb_iter_key(_handle, &length);
            return new ReadOnlySpan<byte>(key, checked((int)length));
        }
    }

    public ReadOnlySpan<byte> Value
    {
        get
        {
            nuint length;
            byte* value = NativeMethods.rocksdb_iter_value(_handle, &length);
            return new ReadOnlySpan<byte>(value, checked((int)length));
        }
    }

    /// <summary>To the first key at or above. All moves return <see cref="Valid"/>.</summary>
    public bool Seek(ReadOnlySpan<byte> key)
    {
        fixed (byte* k = key)
            NativeMethods.rocksdb_iter_seek(_handle, k, (nuint)key.Length);
        return Valid;
    }

    /// <summary>To the last key at or below.</summary>
    public bool SeekForPrev(ReadOnlySpan<byte> key)
    {
        fixed (byte* k = key)
            NativeMethods.rocksdb_iter_seek_for_prev(_handle, k, (nuint)key.Length);
        return Valid;
    }

    public bool SeekToFirst()
    {
        NativeMethods.rocksdb_iter_seek_to_first(_handle);
        return Valid;
    }

    public bool SeekToLast()
    {
        NativeMethods.rocksdb_iter_seek_to_last(_handle);
        return Valid;
    }

    public bool Next()
    {
        NativeMethods.rocksdb_iter_next(_handle);
        return Valid;
    }

    public bool Prev()
    {
        NativeMethods.rocksdb_iter_prev(_handle);
        return Valid;
    }

    /// <exception cref="RocksDbException">The iterator ended early, because of an error or because it was limited to memory (kind Incomplete).</exception>
    public void ThrowIfFailed()
    {
        nint error = 0;
        NativeMethods.rocksdb_iter_get_error(_handle, ref error);
        RocksDbException.ThrowIf(error);
    }

    public void Dispose() => _handle.Dispose();
}
