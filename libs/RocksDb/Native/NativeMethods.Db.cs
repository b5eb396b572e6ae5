using System.Runtime.InteropServices;

namespace MultiCloudKv.RocksDb.Native;

internal static unsafe partial class NativeMethods
{
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint rocksdb_open_column_families(OptionsHandle options, string name, int count, nint* names, nint* familyOptions, nint* handles, ref nint error);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint rocksdb_open_for_read_only_column_families(OptionsHandle options, string name, int count, nint* names, nint* familyOptions, nint* handles, byte errorIfWalExists, ref nint error);

    [LibraryImport(Library)]
    internal static partial void rocksdb_close(nint db);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial void rocksdb_destroy_db(OptionsHandle options, string name, ref nint error);

    [LibraryImport(Library)]
    internal static partial void rocksdb_column_family_handle_destroy(nint family);

    [LibraryImport(Library)]
    internal static partial void rocksdb_cancel_all_background_work(DbHandle db, byte wait);

    [LibraryImport(Library)]
    internal static partial void rocksdb_put_cf(DbHandle db, WriteOptionsHandle options, ColumnFamilyHandle family, byte* key, nuint keyLength, byte* value, nuint valueLength, ref nint error);

    [LibraryImport(Library)]
    internal static partial void rocksdb_delete_cf(DbHandle db, WriteOptionsHandle options, ColumnFamilyHandle family, byte* key, nuint keyLength, ref nint error);

    [LibraryImport(Library)]
    internal static partial void rocksdb_write(DbHandle db, WriteOptionsHandle options, WriteBatchHandle batch, ref nint error);

    [LibraryImport(Library)]
    internal static partial nint rocksdb_get_pinned_cf(DbHandle db, ReadOptionsHandle options, ColumnFamilyHandle family, byte* key, nuint keyLength, ref nint error);

    [LibraryImport(Library)]
    internal static partial void rocksdb_batched_multi_get_cf(DbHandle db, ReadOptionsHandle options, ColumnFamilyHandle family, nuint count, byte** keys, nuint* keyLengths, nint* values, nint* errors, byte sorted);

    [LibraryImport(Library)]
    internal static partial void rocksdb_pinnableslice_destroy(nint slice);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    internal static partial byte* rocksdb_pinnableslice_value(nint slice, nuint* length);

    [LibraryImport(Library)]
    internal static partial nint rocksdb_create_iterator_cf(DbHandle db, ReadOptionsHandle options, ColumnFamilyHandle family);

    [LibraryImport(Library)]
    internal static partial void rocksdb_iter_destroy(nint iterator);

    [LibraryImport(Library)]
    internal static partial byte rocksdb_iter_valid(IteratorHandle iterator);

    [LibraryImport(Library)]
    internal static partial void rocksdb_iter_seek_to_first(IteratorHandle iterator);

    [LibraryImport(Library)]
    internal static partial void rocksdb_iter_seek_to_last(IteratorHandle iterator);

    [LibraryImport(Library)]
    internal static partial void rocksdb_iter_seek(IteratorHandle iterator, byte* key, nuint keyLength);

    [LibraryImport(Library)]
    internal static partial void rocksdb_iter_seek_for_prev(IteratorHandle iterator, byte* key, nuint keyLength);

    [LibraryImport(Library)]
    internal static partial void rocksdb_iter_next(IteratorHandle iterator);

    [LibraryImport(Library)]
    internal static partial void rocksdb_iter_prev(IteratorHandle iterator);

    [LibraryImport(Library)]
    internal static partial byte* rocksdb_iter_key(IteratorHandle iterator, nuint* length);

    [LibraryImport(Library)]
    internal static partial byte* rocksdb_iter_value(IteratorHandle iterator, nuint* length);

    [LibraryImport(Library)]
    internal static partial void rocksdb_iter_get_error(IteratorHandle iterator, ref nint error);

    [LibraryImport(Library)]
    internal static partial nint rocksdb_create_snapshot(DbHandle db);

    [LibraryImport(Library)]
    internal static partial void rocksdb_release_snapshot(nint db, nint snapshot);

    [LibraryImport(Library)]
    internal static partial nint rocksdb_checkpoint_object_create(DbHandle db, ref nint error);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial void rocksdb_checkpoint_create(CheckpointHandle checkpoint, string directory, ulong logSizeForFlush, ref nint error);

    [LibraryImport(Library)]
    internal static partial void rocksdb_checkpoint_object_destroy(nint checkpoint);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint rocksdb_property_value_cf(DbHandle db, ColumnFamilyHandle family, string name);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int rocksdb_property_int_cf(DbHandle db, ColumnFamilyHandle family, string name, out ulong value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_approximate_sizes_cf(DbHandle db, ColumnFamilyHandle family, int count, byte** starts, nuint* startLengths, byte** limits, nuint* limitLengths, ulong* sizes, ref nint error);

    [LibraryImport(Library)]
    internal static partial void rocksdb_compact_range_cf_opt(DbHandle db, ColumnFamilyHandle family, CompactOptionsHandle options, byte* start, nuint startLength, byte* limit, nuint limitLength);

    [LibraryImport(Library)]
    internal static partial void rocksdb_flush_cf(DbHandle db, FlushOptionsHandle options, ColumnFamilyHandle family, ref nint error);

    [LibraryImport(Library)]
    internal static partial void rocksdb_ingest_external_file_cf(DbHandle db, ColumnFamilyHandle family, nint* files, nuint count, IngestOptionsHandle options, ref nint error);
}
