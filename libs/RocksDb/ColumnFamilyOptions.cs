using MultiCloudKv.RocksDb.Native;

namespace MultiCloudKv.RocksDb;

/// <summary>Options of a column family, and of table files written for it.</summary>
/// <remarks>
/// Not thread-safe. Copied when a database is opened or a file writer made. A file writer compresses by the bottommost compression if one is set,
/// else by the last entry per level, else by the plain one: give it options of its own where files are to be ingested fast.
/// </remarks>
public sealed class ColumnFamilyOptions : IDisposable
{
    public ColumnFamilyOptions()
    {
        RocksDbLibrary.Load();
        Handle = new OptionsHandle(NativeMethods.rocksdb_options_create());
    }

    internal OptionsHandle Handle { get; }

    /// <summary>Size at which a memtable is flushed.</summary>
    public ColumnFamilyOptions SetWriteBufferSize(long bytes) => With(() => NativeMethods.rocksdb_options_set_write_buffer_size(Handle, (nuint)bytes));

    public ColumnFamilyOptions SetMaxWriteBufferNumber(int count) => With(() => NativeMethods.rocksdb_options_set_max_write_buffer_number(Handle, count));

    public ColumnFamilyOptions SetTargetFileSizeBase(long bytes) => With(() => NativeMethods.rocksdb_options_set_target_file_size_base(Handle, (ulong)bytes));

    public ColumnFamilyOptions SetMaxBytesForLevelBase(long bytes) => With(() => NativeMethods.rocksdb_options_set_max_bytes_for_level_base(Handle, (ulong)bytes));

    public ColumnFamilyOptions SetMaxBytesForLevelMultiplier(double factor) => With(() => NativeMethods.rocksdb_options_set_max_bytes_for_level_multiplier(Handle, factor));

    public ColumnFamilyOptions SetLevelCompactionDynamicLevelBytes(bool value = true) => With(() => NativeMethods.rocksdb_options_set_level_compaction_dynamic_level_bytes(Handle, (byte)(value ? 1 : 0)));

    public ColumnFamilyOptions SetLevel0FileNumCompactionTrigger(int files) => With(() => NativeMethods.rocksdb_options_set_level0_file_num_compaction_trigger(Handle, files));

    public ColumnFamilyOptions SetLevel0SlowdownWritesTrigger(int files) => With(() => NativeMethods.rocksdb_options_set_level0_slowdown_writes_trigger(Handle, files));

    public ColumnFamilyOptions SetLevel0StopWritesTrigger(int files) => With(() => NativeMethods.rocksdb_options_set_level0_stop_writes_trigger(Handle, files));

    public ColumnFamilyOptions SetSoftPendingCompactionBytesLimit(long bytes) => With(() => NativeMethods.rocksdb_options_set_soft_pending_compaction_bytes_limit(Handle, (nuint)bytes));

    public ColumnFamilyOptions SetHardPendingCompactionBytesLimit(long bytes) => With(() => NativeMethods.rocksdb_options_set_hard_pending_compaction_bytes_limit(Handle, (nuint)bytes));

    public ColumnFamilyOptions SetNumLevels(int count) => With(() => NativeMethods.rocksdb_options_set_num_levels(Handle, count));

    public ColumnFamilyOptions SetMaxCompactionBytes(long bytes) => With(() => NativeMethods.rocksdb_options_set_max_compaction_bytes(Handle, (ulong)bytes));

    public ColumnFamilyOptions SetDisableAutoCompactions(bool value = true) => With(() => NativeMethods.rocksdb_options_set_disable_auto_compactions(Handle, value ? 1 : 0));

    /// <summary>No filters on the last level: smaller, for data that is mostly found.</summary>
    public ColumnFamilyOptions SetOptimizeFiltersForHits(bool value = true) => With(() => NativeMethods.rocksdb_options_set_optimize_filters_for_hits(Handle, value ? 1 : 0));

    public ColumnFamilyOptions SetCompression(Compression compression) => With(() => NativeMethods.rocksdb_options_set_compression(Handle, (int)compression));

    public ColumnFamilyOptions SetBottommostCompression(Compression compression) => With(() => NativeMethods.rocksdb_options_set_bottommost_compression(Handle, (int)compression));

    /// <summary>Values from <see cref="SetMinBlobSize"/> up go to files of their own when flushed or compacted (not by a file writer).</summary>
    public ColumnFamilyOptions SetEnableBlobFiles(bool value = true) => With(() => NativeMethods.rocksdb_options_set_enable_blob_files(Handle, (byte)(value ? 1 : 0)));

    public ColumnFamilyOptions SetMinBlobSize(long bytes) => With(() => NativeMethods.rocksdb_options_set_min_blob_size(Handle, (ulong)bytes));

    public ColumnFamilyOptions SetBlobFileSize(long bytes) => With(() => NativeMethods.rocksdb_options_set_blob_file_size(Handle, (ulong)bytes));

    public ColumnFamilyOptions SetBlobCompression(Compression compression) => With(() => NativeMethods.rocksdb_options_set_blob_compression_type(Handle, (int)compression));

    public ColumnFamilyOptions SetEnableBlobGarbageCollection(bool value = true) => With(() => NativeMethods.rocksdb_options_set_enable_blob_gc(Handle, (byte)(value ? 1 : 0)));

    public ColumnFamilyOptions SetBlobGarbageCollectionAgeCutoff(double share) => With(() => NativeMethods.rocksdb_options_set_blob_gc_age_cutoff(Handle, share));

    public ColumnFamilyOptions SetBlobGarbageCollectionForceThreshold(double share) => With(() => NativeMethods.rocksdb_options_set_blob_gc_force_threshold(Handle, share));

    public ColumnFamilyOptions SetBlockBasedTableFactory(BlockBasedTableOptions table) => With(() => NativeMethods.rocksdb_options_set_block_based_table_factory(Handle, table.Handle));

    /// <summary>One entry per level; the last one counts for all deeper ones.</summary>
    public unsafe ColumnFamilyOptions SetCompressionPerLevel(params ReadOnlySpan<Compression> levels)
    {
        int[] values = new int[levels.Length];
        for (int i = 0; i < levels.Length; i++)
            values[i] = (int)levels[i];
        fixed (int* first = values)
            NativeMethods.rocksdb_options_set_compression_per_level(Handle, first, (nuint)values.Length);
        return this;
    }

    public void Dispose() => Handle.Dispose();

    private ColumnFamilyOptions With(Action set)
    {
        set();
        return this;
    }
}
