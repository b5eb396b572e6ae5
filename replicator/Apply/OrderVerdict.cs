namespace MultiCloudKv.Replicator.Apply;

/// <summary>What a partition's order says about a message.</summary>
internal enum OrderVerdict
{
    /// <summary>Its new entries are in the batch.</summary>
    Taken = 0,

    /// <summary>Nothing in it is new.</summary>
    Duplicate = 1,

    /// <summary>A chunk of a change that is not whole yet.</summary>
    Partial = 2,

    /// <summary>Something before it is missing.</summary>
    Hole = 3,

    /// <summary>It contradicts what was applied: the partition stops.</summary>
    Conflict = 4,
}
