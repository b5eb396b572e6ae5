namespace MultiCloudKv.RocksDb;

/// <summary>How far a read may go; the numbers are RocksDB's.</summary>
public enum ReadTier
{
    All = 0,

    /// <summary>Memtables and block cache only: what would need I/O is answered as incomplete.</summary>
    BlockCache = 1,
}
