using MultiCloudKv.RocksDb.Native;

namespace MultiCloudKv.RocksDb;

/// <summary>The layout of table files: blocks, index, filter, and the cache they are read through.</summary>
/// <remarks>Not thread-safe. Copied into the column family options it is set on.</remarks>
public sealed class BlockBasedTableOptions : IDisposable
{
    public BlockBasedTableOptions()
    {
        RocksDbLibrary.Load();
        Handle = new BlockBasedTableOptionsHandle(NativeMethods.rocksdb_block_based_options_create());
    }

    internal BlockBasedTableOptionsHandle Handle { get; }

    public BlockBasedTableOptions SetBlockSize(int bytes) => With(() => NativeMethods.rocksdb_block_based_options_set_block_size(Handle, (nuint)bytes));

    public BlockBasedTableOptions SetBlockRestartInterval(int keys) => With(() => NativeMethods.rocksdb_block_based_options_set_block_restart_interval(Handle, keys));

    public BlockBasedTableOptions SetBlockCache(Cache cache) => With(() => NativeMethods.rocksdb_block_based_options_set_block_cache(Handle, cache.Handle));

    public BlockBasedTableOptions SetNoBlockCache(bool value = true) => With(() => NativeMethods.rocksdb_block_based_options_set_no_block_cache(Handle, (byte)(value ? 1 : 0)));

    public BlockBasedTableOptions SetCacheIndexAndFilterBlocks(bool value = true) =>
        With(() => NativeMethods.rocksdb_block_based_options_set_cache_index_and_filter_blocks(Handle, (byte)(value ? 1 : 0)));

    public BlockBasedTableOptions SetCacheIndexAndFilterBlocksWithHighPriority(bool value = true) =>
        With(() => NativeMethods.rocksdb_block_based_options_set_cache_index_and_filter_blocks_with_high_priority(Handle, (byte)(value ? 1 : 0)));

    public BlockBasedTableOptions SetPinL0FilterAndIndexBlocksInCache(bool value = true) =>
        With(() => NativeMethods.rocksdb_block_based_options_set_pin_l0_filter_and_index_blocks_in_cache(Handle, (byte)(value ? 1 : 0)));

    /// <summary>An index of indexes and filters in parts, so that big files don't need them whole in memory.</summary>
    public BlockBasedTableOptions SetPartitionedIndexAndFilters(int metadataBlockBytes) => With(() =>
    {
        NativeMethods.rocksdb_block_based_options_set_index_type(Handle, IndexTypeTwoLevel);
        NativeMethods.rocksdb_block_based_options_set_partition_filters(Handle, 1);
        NativeMethods.rocksdb_block_based_options_set_metadata_block_size(Handle, (ulong)metadataBlockBytes);
        NativeMethods.rocksdb_block_based_options_set_pin_top_level_index_and_filter(Handle, 1);
    });

    /// <summary>A hash index inside data blocks, for point reads.</summary>
    public BlockBasedTableOptions SetDataBlockHash(double utilRatio) => With(() =>
    {
        NativeMethods.rocksdb_block_based_options_set_data_block_index_type(Handle, DataBlockIndexTypeBinaryAndHash);
        NativeMethods.rocksdb_block_based_options_set_data_block_hash_ratio(Handle, utilRatio);
    });

    public BlockBasedTableOptions SetBloomFilter(double bitsPerKey) =>
        With(() => NativeMethods.rocksdb_block_based_options_set_filter_policy(Handle, NativeMethods.rocksdb_filterpolicy_create_bloom_full(bitsPerKey)));

    /// <summary>A filter a third smaller than a Bloom filter of the same quality, for more processor time when it is made.</summary>
    public BlockBasedTableOptions SetRibbonFilter(double bloomEquivalentBitsPerKey) =>
        With(() => NativeMethods.rocksdb_block_based_options_set_filter_policy(Handle, NativeMethods.rocksdb_filterpolicy_create_ribbon(bloomEquivalentBitsPerKey)));

    public BlockBasedTableOptions SetWholeKeyFiltering(bool value = true) => With(() => NativeMethods.rocksdb_block_based_options_set_whole_key_filtering(Handle, (byte)(value ? 1 : 0)));

    public BlockBasedTableOptions SetFormatVersion(int version) => With(() => NativeMethods.rocksdb_block_based_options_set_format_version(Handle, version));

    public void Dispose() => Handle.Dispose();

    private const int IndexTypeTwoLevel = 2;
    private const int DataBlockIndexTypeBinaryAndHash = 1;

    private BlockBasedTableOptions With(Action set)
    {
        set();
        return this;
    }
}
