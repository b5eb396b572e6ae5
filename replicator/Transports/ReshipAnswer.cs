namespace MultiCloudKv.Replicator.Transports;

/// <summary>How a receiver goes on after it asked for a partition again.</summary>
public enum ReshipAnswer
{
    /// <summary>Stay on this feed: the missing messages come on it.</summary>
    Continue = 0,

    /// <summary>Open the feed again behind what was applied.</summary>
    Reopen = 1,

    /// <summary>The origin no longer has them.</summary>
    Gone = 2,
}
