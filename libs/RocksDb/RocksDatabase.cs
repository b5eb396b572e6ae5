using System.Runtime.InteropServices;
using System.Text;
using MultiCloudKv.RocksDb.Native;

namespace MultiCloudKv.RocksDb;

/// <summary>
/// An open database. A thin layer over RocksDB's C API: spans in, pinned spans out, every error a <see cref="RocksDbException"/>. Its
/// names are those of the RocksDbSharp package where they fit, so that the package can take its place. A database is closed when it and the last
/// iterator and snapshot on it are disposed.
/// </summary>
/// <remarks>Thread-safe, as RocksDB is. A key or value is at most 2 GiB here.</remarks>
public sealed unsafe class RocksDatabase : IDisposable
{
    public const string DefaultFamilyName = "default";

    private readonly ColumnFamilyHandle[] _families;

    private RocksDatabase(DbHandle handle, ColumnFamilyHandle[] families, string path)
    {
        Handle = handle;
        _families = families;
        DefaultFamily = families[0];
        Path = path;
    }

    internal DbHandle Handle { get; }

    public ColumnFamilyHandle DefaultFamily { get; }

    public string Path { get; }

    /// <summary>Opens a database; the first descriptor is the default family's.</summary>
    public static RocksDatabase Open(DbOptions options, string path, params ReadOnlySpan<ColumnFamilyDescriptor> families) =>
        Open(options, path, readOnly: false, families);

    /// <summary>Opens a database for reading only, also while another process has it open: it shows the state of the moment it was opened.</summary>
    public static RocksDatabase OpenReadOnly(DbOptions options, string path, params ReadOnlySpan<ColumnFamilyDescriptor> families) =>
        Open(options, path, readOnly: true, families);

    /// <summary>Deletes a database that nobody has open.</summary>
    public static void Destroy(DbOptions options, string path)
    {
        nint error = 0;
        NativeMethods.rocksdb_destroy_db(options.Handle, path, ref error);
        RocksDbException.ThrowIf(error);
    }

    public ColumnFamilyHandle Family(string name) =>
        Array.Find(_families, f => f.Name == name) ?? throw new ArgumentException($"the column family {name} was not opened", nameof(name));

    /// <summary>Reads without copying. The caller disposes <paramref name="value"/>, whatever the outcome.</summary>
    public ReadResult TryGet(ReadOnlySpan<byte> key, out PinnedSlice value, ReadOptions? options = null, ColumnFamilyHandle? family = null)
    {
        nint error = 0;
        nint slice;
        fixed (byte* k = key)
            slice = NativeMethods.rocksdb_get_pinned_cf(Handle, (options ?? ReadOptions.Default).Handle, family ?? DefaultFamily, k, (nuint)key.Length, ref error);
        if (slice != 0)
        {
            value = new PinnedSlice(slice);
            return ReadResult.Found;
        }

        value = default;
        if (error == 0)
            return ReadResult.NotFound;
        if (RocksDbException.TakeIncomplete(error))
            return ReadResult.Incomplete;
        throw RocksDbException.Take(error);
    }

    /// <summary>A copy of a value, null when there is none.</summary>
    public byte[]? Get(ReadOnlySpan<byte> key, ReadOptions? options = null, ColumnFamilyHandle? family = null)
    {
        ReadResult result = TryGet(key, out PinnedSlice value, options, family);
        using (value)
        {
            return result switch
            {
                ReadResult.Found => value.Span.ToArray(),
                ReadResult.NotFound => null,
                _ => throw new RocksDbException("Result incomplete: the value is not in memory"),
            };
        }
    }

    public void Put(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, WriteOptions? options = null, ColumnFamilyHandle? family = null)
    {
        nint error = 0;
        fixed (byte* k = key, v = value)
            NativeMethods.rocksdb_put_cf(Handle, (options ?? WriteOptions.Default).Handle, family ?? DefaultFamily, k, (nuint)key.Length, v, (nuint)value.Length, ref error);
        RocksDbException.ThrowIf(error);
    }

    public void Delete(ReadOnlySpan<byte> key, WriteOptions? options = null, ColumnFamilyHandle? family = null)
    {
        nint error = 0;
        fixed (byte* k = key)
            NativeMethods.rocksdb_delete_cf(Handle, (options ?? WriteOptions.Default).Handle, family ?? DefaultFamily, k, (nuint)key.Length, ref error);
        RocksDbException.ThrowIf(error);
    }

    public void Write(WriteBatch batch, WriteOptions? options = null)
    {
        nint error = 0;
        NativeMethods.rocksdb_write(Handle, (options ?? WriteOptions.Default).Handle, batch.Handle, ref error);
        RocksDbException.ThrowIf(error);
    }

    public Iterator NewIterator(ReadOptions? options = null, ColumnFamilyHandle? family = null) =>
        new(Handle, (options ?? ReadOptions.Default).Handle, family ?? DefaultFamily);

    public Snapshot CreateSnapshot() => new(Handle);

    public Checkpoint CreateCheckpoint() => new(Handle);

    /// <summary>Takes finished table files into the database in one atomic, durable step. Where their keys overlap, a later file of the list is newer.</summary>
    /// <param name="moveFiles">The files are renamed into the database; else they are linked or copied.</param>
    public void IngestExternalFiles(IReadOnlyList<string> files, bool moveFiles = true, ColumnFamilyHandle? family = null)
    {
        using var options = new IngestOptionsHandle(NativeMethods.rocksdb_ingestexternalfileoptions_create());
        NativeMethods.rocksdb_ingestexternalfileoptions_set_move_files(options, (byte)(moveFiles ? 1 : 0));
        using var names = new Utf8Array(files);
        nint error = 0;
        fixed (nint* first = names.Pointers)
            NativeMethods.rocksdb_ingest_external_file_cf(Handle, family ?? DefaultFamily, first, (nuint)files.Count, options, ref error);
        RocksDbException.ThrowIf(error);
    }

    /// <summary>Writes memtables out. With atomic flush all families are written together.</summary>
    public void Flush(bool wait = true, ColumnFamilyHandle? family = null)
    {
        using var options = new FlushOptionsHandle(NativeMethods.rocksdb_flushoptions_create());
        NativeMethods.rocksdb_flushoptions_set_wait(options, (byte)(wait ? 1 : 0));
        nint error = 0;
        NativeMethods.rocksdb_flush_cf(Handle, options, family ?? DefaultFamily, ref error);
        RocksDbException.ThrowIf(error);
    }

    /// <summary>Compacts a range; an empty bound is open.</summary>
    /// <param name="bottommost">Rewrites the bottommost level as well, which drops everything deleted.</param>
    public void CompactRange(ReadOnlySpan<byte> start = default, ReadOnlySpan<byte> limit = default, bool bottommost = false, ColumnFamilyHandle? family = null)
    {
        using var options = new CompactOptionsHandle(NativeMethods.rocksdb_compactoptions_create());
        NativeMethods.rocksdb_compactoptions_set_exclusive_manual_compaction(options, 0);
        if (bottommost)
            NativeMethods.rocksdb_compactoptions_set_bottommost_level_compaction(options, BottommostForce);
        fixed (byte* s = start, l = limit)
            NativeMethods.rocksdb_compact_range_cf_opt(Handle, family ?? DefaultFamily, options, s, (nuint)start.Length, l, (nuint)limit.Length);
    }

    /// <summary>A property such as "rocksdb.stats"; null when there is none of this name.</summary>
    public string? Property(string name, ColumnFamilyHandle? family = null) =>
        NativeText.Take(NativeMethods.rocksdb_property_value_cf(Handle, family ?? DefaultFamily, name));

    /// <summary>A numeric property such as "rocksdb.estimate-num-keys"; -1 when there is none of this name.</summary>
    public long PropertyNumber(string name, ColumnFamilyHandle? family = null) =>
        NativeMethods.rocksdb_property_int_cf(Handle, family ?? DefaultFamily, name, out ulong value) == 0 ? (long)value : -1;

    /// <summary>Bytes on disk of a range of keys, roughly.</summary>
    public long ApproximateSize(ReadOnlySpan<byte> start, ReadOnlySpan<byte> limit, ColumnFamilyHandle? family = null)
    {
        nint error = 0;
        ulong size = 0;
        fixed (byte* s = start, l = limit)
        {
            byte* starts = s;
            byte* limits = l;
            nuint startLength = (nuint)start.Length;
            nuint limitLength = (nuint)limit.Length;
            NativeMethods.rocksdb_approximate_sizes_cf(Handle, family ?? DefaultFamily, 1, &starts, &startLength, &limits, &limitLength, &size, ref error);
        }

        RocksDbException.ThrowIf(error);
        return (long)size;
    }

    /// <summary>Ends flushes and compactions early, for a quick close.</summary>
    public void CancelBackgroundWork(bool wait = true) => NativeMethods.rocksdb_cancel_all_background_work(Handle, (byte)(wait ? 1 : 0));

    public void Dispose()
    {
        foreach (ColumnFamilyHandle family in _families)
            family.Dispose();
        Handle.Dispose();
    }

    private const byte BottommostForce = 2;

    private static RocksDatabase Open(DbOptions options, string path, bool readOnly, ReadOnlySpan<ColumnFamilyDescriptor> families)
    {
        using var defaults = new ColumnFamilyOptions();
        List<ColumnFamilyDescriptor> all = [.. families];
        int at = all.FindIndex(f => f.Name == DefaultFamilyName);
        if (at < 0)
            all.Insert(0, new ColumnFamilyDescriptor(DefaultFamilyName, defaults));
        else if (at > 0)
            (all[0], all[at]) = (all[at], all[0]);

        using var names = new Utf8Array([.. all.Select(f => f.Name)]);
        var familyOptions = new nint[all.Count];
        var handles = new nint[all.Count];
        for (int i = 0; i < all.Count; i++)
            familyOptions[i] = all[i].Options.Handle.DangerousGetHandle();
        nint error = 0;
        nint db;
        fixed (nint* n = names.Pointers, o = familyOptions, h = handles)
        {
            db = readOnly
                ? NativeMethods.rocksdb_open_for_read_only_column_families(options.Handle, path, all.Count, n, o, h, 0, ref error)
                : NativeMethods.rocksdb_open_column_families(options.Handle, path, all.Count, n, o, h, ref error);
        }

        GC.KeepAlive(all);
        RocksDbException.ThrowIf(error);
        var opened = new ColumnFamilyHandle[all.Count];
        for (int i = 0; i < all.Count; i++)
            opened[i] = new ColumnFamilyHandle(handles[i], all[i].Name);
        return new RocksDatabase(new DbHandle(db), opened, path);
    }
}
