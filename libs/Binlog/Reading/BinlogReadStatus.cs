namespace MultiCloudKv.Binlog;

/// <summary>Outcome of <see cref="BinlogReader.Read"/>.</summary>
public enum BinlogReadStatus
{
    Record = 0,

    /// <summary>All that is committed was read.</summary>
    AtCommitted = 1,

    /// <summary>The segment was deleted before it was read.</summary>
    Gone = 2,

    /// <summary>The directory was opened anew by its writer: look at <see cref="BinlogReader.History"/> and seek again.</summary>
    Reopened = 3,
}
