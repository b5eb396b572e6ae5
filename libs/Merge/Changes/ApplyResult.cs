namespace MultiCloudKv.Merge.Changes;

/// <summary>What became of a group.</summary>
public enum ApplyResult
{
    Applied,

    /// <summary>Its stamp is not above the applied vector: nothing was done.</summary>
    Duplicate,

    /// <summary>The origin's change before it is missing here: nothing was done.</summary>
    Hole,
}
