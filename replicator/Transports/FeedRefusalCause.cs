namespace MultiCloudKv.Replicator.Transports;

/// <summary>Why a partition can't be served.</summary>
public enum FeedRefusalCause
{
    None = 0,

    /// <summary>The origin no longer holds the changes that come next.</summary>
    Gone = 1,

    /// <summary>The receiver has more than the origin: the origin's tail is lost and not taken back.</summary>
    Behind = 2,

    /// <summary>The receiver's last change belongs to another past of the origin.</summary>
    Forked = 3,
}
