namespace MultiCloudKv.Server.Replication;

/// <summary>Answer to a batch of another region's changes.</summary>
/// <param name="Sequence">For a hole: the last sequence the node has.</param>
/// <param name="Reason">One line for anything but success.</param>
public readonly record struct ApplyResult(ApplyOutcomeKind Outcome, ulong Sequence = 0, string Reason = "")
{
    public static ApplyResult Applied => new(ApplyOutcomeKind.Applied);

    public static ApplyResult Duplicate => new(ApplyOutcomeKind.Duplicate);
}
