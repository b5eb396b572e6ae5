using MultiCloudKv.Foundation;
using MultiCloudKv.RocksDb;
using MultiCloudKv.Server.Storage.Cache;

namespace MultiCloudKv.Server.Storage;

/// <summary>
/// The RocksDB database below the record cache, with the options an epoch's bulk writes and point reads want: no
/// memtable to speak of (everything is ingested), bloom filters, lz4 throughout (zstd at the bottom made merging cost nearly twice
/// the processor, which on a small machine clients pay for), large values in blob files.
/// </summary>
internal sealed class CheckpointDatabase : IDisposable
{
    private const int BloomBitsPerKey = 10;
    private const int BlockBytes = 8 << 10;
    private const int BlobBytesMin = 16 << 10;
    private const long TargetFileBytes = 64L << 20;
    private const long LevelBaseBytes = 512L << 20;

    /// <summary>An epoch adds a file over the whole key range to the youngest level; merging them is most of what a write costs down here.</summary>
    private const int EpochsPerCompaction = 8;

    private const int InfoLogLevelWarn = 2;

    private readonly DbOptions _dbOptions;
    private readonly ColumnFamilyOptions _familyOptions;
    private readonly ColumnFamilyOptions _epochFileOptions;
    private readonly BlockBasedTableOptions _tableOptions;
    private readonly RocksDb.Cache _blockCache;
    private readonly RocksDatabase _database;

    private CheckpointDatabase(string directory, long blockCacheBytes)
    {
        _blockCache = RocksDb.Cache.CreateLru(blockCacheBytes);
        _tableOptions = new BlockBasedTableOptions()
            .SetBlockSize(BlockBytes)
            .SetBlockCache(_blockCache)
            .SetBloomFilter(BloomBitsPerKey)
            .SetFormatVersion(5);
        _familyOptions = new ColumnFamilyOptions()
            .SetBlockBasedTableFactory(_tableOptions)
            .SetTargetFileSizeBase(TargetFileBytes)
            .SetMaxBytesForLevelBase(LevelBaseBytes)
            .SetLevelCompactionDynamicLevelBytes()
            .SetLevel0FileNumCompactionTrigger(EpochsPerCompaction)
            .SetLevel0SlowdownWritesTrigger(EpochsPerCompaction * 4)
            .SetLevel0StopWritesTrigger(EpochsPerCompaction * 8)
            .SetCompression(Compression.Lz4)
            .SetBottommostCompression(Compression.Lz4)
            .SetEnableBlobFiles()
            .SetMinBlobSize(BlobBytesMin)
            .SetEnableBlobGarbageCollection();
        _epochFileOptions = new ColumnFamilyOptions()
            .SetBlockBasedTableFactory(_tableOptions)
            .SetCompression(Compression.Lz4)
            .SetBottommostCompression(Compression.Lz4);
        _dbOptions = new DbOptions()
            .SetCreateIfMissing()
            .SetParanoidChecks()
            .SetMaxBackgroundJobs(2)
            .SetKeepLogFileNum(4)
            .SetMaxLogFileSize(8L << 20)
            .SetInfoLogLevel(InfoLogLevelWarn)
            .SetStatsDumpPeriodSec(0)
            .SetStatsPersistPeriodSec(0)
            .SetBytesPerSync(1L << 20);
        _database = LowPriority.Start(() => RocksDatabase.Open(_dbOptions, directory, new ColumnFamilyDescriptor(RocksDatabase.DefaultFamilyName, _familyOptions)));
        Store = new RocksCheckpointStore(_database, _epochFileOptions, Path.Combine(directory, "..", "store-staging"));
    }

    public RocksCheckpointStore Store { get; }

    /// <exception cref="EnvironmentException">RocksDB can't open the directory.</exception>
    public static CheckpointDatabase Open(string directory, long blockCacheBytes)
    {
        try
        {
            Directory.CreateDirectory(directory);
            return new CheckpointDatabase(directory, blockCacheBytes);
        }
        catch (RocksDbException e)
        {
            bool corrupt = e.Kind == RocksDbErrorKind.Corruption;
            throw new EnvironmentException($"the store in {directory} can't be opened: {e.Message}", corrupt ? ExitCodes.DataAtRisk : ExitCodes.Environment);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EnvironmentException($"the store's directory {directory} can't be made: {e.Message}");
        }
    }

    public void Dispose()
    {
        Store.Dispose();
        _database.Dispose();
        _dbOptions.Dispose();
        _familyOptions.Dispose();
        _epochFileOptions.Dispose();
        _tableOptions.Dispose();
        _blockCache.Dispose();
    }
}
