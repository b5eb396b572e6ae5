namespace MultiCloudKv.Server.Storage;

/// <summary>Why a node refuses its own clients' writes; the first in order is what a client is told.</summary>
public enum CommitObstacle
{
    /// <summary>A sync of the binlog failed: nothing written from then on could be made durable.</summary>
    SyncFailed,

    /// <summary>The node is ending.</summary>
    ShuttingDown,

    /// <summary>It is not sure yet that its own binlog is whole.</summary>
    NotTakenBack,

    /// <summary>Its clock is ahead of every peer's by more than the bound.</summary>
    ClockAhead,

    /// <summary>Less disk is free than the configured reserve.</summary>
    DiskNearlyFull,
}
