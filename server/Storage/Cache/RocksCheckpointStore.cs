using MultiCloudKv.Foundation;
using MultiCloudKv.RocksDb;

namespace MultiCloudKv.Server.Storage.Cache;

/// <summary>
/// The checkpoint in RocksDB. An epoch is one or more sorted table files, written beside the database and taken in by one
/// ingestion: one step of the manifest. Nothing goes through memtable or write-ahead log.
/// </summary>
/// <remarks>Thread-safe as RocksDB is; the database and its options stay the caller's.</remarks>
public sealed class RocksCheckpointStore : CheckpointStore
{
    private readonly RocksDatabase _database;
    private readonly ColumnFamilyOptions _options;
    private readonly string _stagingDirectory;
    private readonly ReadOptions _blocking = new();
    private readonly ReadOptions _resident = new ReadOptions().SetReadTier(ReadTier.BlockCache);
    private bool _hasRangeDeletions;

    /// <param name="database">The database; its default family is used.</param>
    /// <param name="options">The family's options: the files are written with them.</param>
    /// <param name="stagingDirectory">For files being written; on the database's file system. Whatever is in it is deleted.</param>
    public RocksCheckpointStore(RocksDatabase database, ColumnFamilyOptions options, string stagingDirectory)
    {
        _database = database;
        _options = options;
        _stagingDirectory = stagingDirectory;
        if (Directory.Exists(stagingDirectory))
            Directory.Delete(stagingDirectory, recursive: true);
        Directory.CreateDirectory(stagingDirectory);
        _hasRangeDeletions = !HasNone(database.Property("rocksdb.aggregated-table-properties"));
    }

    public override bool IsEmpty
    {
        get
        {
            using Iterator iterator = _database.NewIterator(_blocking);
            bool any = iterator.SeekToFirst();
            if (!any)
                iterator.ThrowIfFailed();
            return !any;
        }
    }

    public override ReadOutcome Read(ReadOnlySpan<byte> key, bool mayBlock, ByteWriter value)
    {
        ReadResult result = _database.TryGet(key, out PinnedSlice found, mayBlock ? _blocking : _resident);
        using (found)
        {
            if (result == ReadResult.Found)
                value.Write(found.Span);
        }

        return result switch
        {
            ReadResult.Found => ReadOutcome.Found,
            ReadResult.NotFound => ReadOutcome.Absent,
            _ => ReadOutcome.NotResident,
        };
    }

    public override CheckpointIterator Iterate(ReadOnlySpan<byte> lowInclusive, ReadOnlySpan<byte> highExclusive, bool reverse, bool mayBlock) =>
        new RocksCheckpointIterator(_database, lowInclusive, highExclusive, reverse, mayBlock ? null : _resident, HasRangeDeletions);

    /// <summary>Walks as the walks in memory do, over what range deletions hide as well.</summary>
    public override void Warm(ReadOnlySpan<byte> lowInclusive, ReadOnlySpan<byte> highExclusive, bool reverse, int records)
    {
        using var iterator = new RocksCheckpointIterator(_database, lowInclusive, highExclusive, reverse, _blocking, HasRangeDeletions);
        for (int i = 0; i < records && iterator.MoveNext() == ReadOutcome.Found; i++)
        {
        }
    }

    public override CheckpointWriter BeginWrite() => new RocksCheckpointWriter(_database, _options, _stagingDirectory, () => Volatile.Write(ref _hasRangeDeletions, true));

    protected override void Dispose(bool disposing)
    {
        _blocking.Dispose();
        _resident.Dispose();
    }

    private static bool HasNone(string? properties) => properties is not null && properties.Contains("# range deletions=0;", StringComparison.Ordinal);

    /// <summary>False when no file can hold a range deletion: none did at the start, and none was written since.</summary>
    private bool HasRangeDeletions() => Volatile.Read(ref _hasRangeDeletions);
}
