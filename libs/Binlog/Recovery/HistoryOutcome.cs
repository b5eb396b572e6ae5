namespace MultiCloudKv.Binlog;

/// <summary>What opening a directory means for its history.</summary>
public enum HistoryOutcome
{
    /// <summary>The directory was new.</summary>
    New = 0,

    /// <summary>It was closed cleanly and ends where it was closed: the history goes on.</summary>
    ContinuedAfterClose = 1,

    /// <summary>The process was killed, and the witness proves that nothing it had committed is missing: the history goes on.</summary>
    ContinuedAfterKill = 2,

    /// <summary>
    /// The node never got as far as taking own writes in its last history (so it may still lack its lost tail), or the end may not be the one others have seen (a power loss, a restored, copied or changed directory): a new
    /// history begins.
    /// </summary>
    Broken = 3,
}
