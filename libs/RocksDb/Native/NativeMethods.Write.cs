using System.Runtime.InteropServices;

namespace MultiCloudKv.RocksDb.Native;

internal static unsafe partial class NativeMethods
{
    [LibraryImport(Library)]
    internal static partial nint rocksdb_writebatch_create();

    [LibraryImport(Library)]
    internal static partial void rocksdb_writebatch_destroy(nint batch);

    [LibraryImport(Library)]
    internal static partial void rocksdb_writebatch_clear(WriteBatchHandle batch);

    [LibraryImport(Library)]
    internal static partial int rocksdb_writebatch_count(WriteBatchHandle batch);

    [LibraryImport(Library)]
    internal static partial byte* rocksdb_writebatch_data(WriteBatchHandle batch, nuint* length);

    [LibraryImport(Library)]
    internal static partial void rocksdb_writebatch_put_cf(WriteBatchHandle batch, ColumnFamilyHandle family, byte* key, nuint keyLength, byte* value, nuint valueLength);

    [LibraryImport(Library)]
    internal static partial void rocksdb_writebatch_delete_cf(WriteBatchHandle batch, ColumnFamilyHandle family, byte* key, nuint keyLength);

    [LibraryImport(Library)]
    internal static partial void rocksdb_writebatch_delete_range_cf(WriteBatchHandle batch, ColumnFamilyHandle family, byte* start, nuint startLength, byte* end, nuint endLength);

    [LibraryImport(Library)]
    internal static partial nint rocksdb_envoptions_create();

    [LibraryImport(Library)]
    internal static partial void rocksdb_envoptions_destroy(nint options);

    [LibraryImport(Library)]
    internal static partial nint rocksdb_sstfilewriter_create(EnvOptionsHandle environment, OptionsHandle options);

    [LibraryImport(Library)]
    internal static partial void rocksdb_sstfilewriter_destroy(nint writer);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial void rocksdb_sstfilewriter_open(SstFileWriterHandle writer, string path, ref nint error);

    [LibraryImport(Library)]
    internal static partial void rocksdb_sstfilewriter_put(SstFileWriterHandle writer, byte* key, nuint keyLength, byte* value, nuint valueLength, ref nint error);

    [LibraryImport(Library)]
    internal static partial void rocksdb_sstfilewriter_delete(SstFileWriterHandle writer, byte* key, nuint keyLength, ref nint error);

    [LibraryImport(Library)]
    internal static partial void rocksdb_sstfilewriter_delete_range(SstFileWriterHandle writer, byte* start, nuint startLength, byte* end, nuint endLength, ref nint error);

    [LibraryImport(Library)]
    internal static partial void rocksdb_sstfilewriter_finish(SstFileWriterHandle writer, ref nint error);

    [LibraryImport(Library)]
    internal static partial void rocksdb_sstfilewriter_file_size(SstFileWriterHandle writer, ulong* size);

    [LibraryImport(Library)]
    internal static partial nint rocksdb_ingestexternalfileoptions_create();

    [LibraryImport(Library)]
    internal static partial void rocksdb_ingestexternalfileoptions_destroy(nint options);

    [LibraryImport(Library)]
    internal static partial void rocksdb_ingestexternalfileoptions_set_move_files(IngestOptionsHandle options, byte value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_ingestexternalfileoptions_set_snapshot_consistency(IngestOptionsHandle options, byte value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_ingestexternalfileoptions_set_allow_global_seqno(IngestOptionsHandle options, byte value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_ingestexternalfileoptions_set_allow_blocking_flush(IngestOptionsHandle options, byte value);
}
