using MultiCloudKv.RocksDb.Native;

namespace MultiCloudKv.RocksDb;

/// <summary>
/// Writes a sorted table file outside a database, for <see cref="RocksDatabase.IngestExternalFiles"/>. Points come in
/// strictly ascending order, puts and deletes mixed; range deletions in any order. <see cref="Finish"/> syncs the file.
/// </summary>
/// <remarks>
/// Not thread-safe. All entries of a file get one sequence number when it is ingested, so a range deletion hides what the database held before, and
/// not the points of its own file.
/// </remarks>
public sealed unsafe class SstFileWriter : IDisposable
{
    private readonly EnvOptionsHandle _environment;
    private readonly SstFileWriterHandle _handle;

    public SstFileWriter(ColumnFamilyOptions options)
    {
        _environment = new EnvOptionsHandle(NativeMethods.rocksdb_envoptions_create());
        _handle = new SstFileWriterHandle(NativeMethods.rocksdb_sstfilewriter_create(_environment, options.Handle));
    }

    /// <summary>Bytes written so far.</summary>
    public long FileSize
    {
        get
        {
            ulong size;
            NativeMethods.rocksdb_sstfilewriter_file_size(_handle, &size);
            return (long)size;
        }
    }

    public void Open(string path)
    {
        nint error = 0;
        NativeMethods.rocksdb_sstfilewriter_open(_handle, path, ref error);
        RocksDbException.ThrowIf(error);
    }

    public void Put(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        nint error = 0;
        fixed (byte* k = key, v = value)
            NativeMethods.rocksdb_sstfilewriter_put(_handle, k, (nuint)key.Length, v, (nuint)value.Length, ref error);
        RocksDbException.ThrowIf(error);
    }

    public void Delete(ReadOnlySpan<byte> key)
    {
        nint error = 0;
        fixed (byte* k = key)
            NativeMethods.rocksdb_sstfilewriter_delete(_handle, k, (nuint)key.Length, ref error);
        RocksDbException.ThrowIf(error);
    }

    public void DeleteRange(ReadOnlySpan<byte> startInclusive, ReadOnlySpan<byte> endExclusive)
    {
        nint error = 0;
        fixed (byte* s = startInclusive, e = endExclusive)
            NativeMethods.rocksdb_sstfilewriter_delete_range(_handle, s, (nuint)startInclusive.Length, e, (nuint)endExclusive.Length, ref error);
        RocksDbException.ThrowIf(error);
    }

    /// <summary>Ends the file and syncs it. A file without entries is an error.</summary>
    public void Finish()
    {
        nint error = 0;
        NativeMethods.rocksdb_sstfilewriter_finish(_handle, ref error);
        RocksDbException.ThrowIf(error);
    }

    public void Dispose()
    {
        _handle.Dispose();
        _environment.Dispose();
    }
}
