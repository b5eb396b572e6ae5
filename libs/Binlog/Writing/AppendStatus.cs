namespace MultiCloudKv.Binlog;

/// <summary>Outcome of an append. All but <see cref="Ok"/> mean that nothing was written; <see cref="BinlogWriter.Why"/> has the text.</summary>
public enum AppendStatus
{
    Ok = 0,

    /// <summary>No room for a next segment; what is left is kept for other regions' changes. Ends by itself.</summary>
    DiskFull = 1,

    /// <summary>A sync or write failed: what was appended may not be durable, so nothing more is taken until the process is restarted.</summary>
    Failed = 2,

    /// <summary>Larger than <see cref="BinlogOptions.RecordBytesMax"/>.</summary>
    TooLarge = 3,

    Closed = 4,
}
