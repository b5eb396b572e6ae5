namespace MultiCloudKv.Server.Replication;

/// <summary>What became of a batch of another region's changes. The numbers are those of the wire.</summary>
public enum ApplyOutcomeKind
{
    None = 0,
    Applied = 1,

    /// <summary>All of it had been applied before.</summary>
    Duplicate = 2,

    /// <summary>The node's last sequence is not the one before the first entry.</summary>
    Hole = 3,

    /// <summary>Not now (memory, disk); the same batch may be given again.</summary>
    Busy = 4,

    /// <summary>The batch contradicts what the node has.</summary>
    Conflict = 5,
}
