namespace MultiCloudKv.RocksDb;

/// <summary>Outcome of a read.</summary>
public enum ReadResult
{
    NotFound = 0,
    Found = 1,

    /// <summary>The read was limited to memory (<see cref="ReadTier.BlockCache"/>) and would have needed I/O.</summary>
    Incomplete = 2,
}
