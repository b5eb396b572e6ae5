namespace MultiCloudKv.RocksDb;

/// <summary>What a <see cref="RocksDbException"/> is about, as far as a caller acts on it.</summary>
public enum RocksDbErrorKind
{
    Other = 0,

    /// <summary>A block, file or manifest fails its checks: the database must be rebuilt.</summary>
    Corruption = 1,

    /// <summary>The file system refused; after one in the background the database is read-only until it is opened again.</summary>
    IOError = 2,

    /// <summary>An I/O error because the disk is full.</summary>
    NoSpace = 3,

    /// <summary>What was asked for is not in memory and I/O was not allowed.</summary>
    Incomplete = 4,

    InvalidArgument = 5,

    /// <summary>Another process has the directory open.</summary>
    Locked = 6,

    Busy = 7,
}
