namespace MultiCloudKv.Binlog;

/// <summary>What tests put in the place of the system: the sync of a segment and what goes before it, and the preparation of the next one.</summary>
internal sealed record BinlogSeams
{
    public static readonly BinlogSeams None = new();

    /// <summary>Returns 0 or an error number.</summary>
    public Func<AppendSegment, int> Sync { get; init; } = segment => segment.Sync();

    /// <summary>A segment and where its writer is; returns 0 or an error number.</summary>
    public Func<AppendSegment, long, int> StartWriting { get; init; } = (segment, offset) => segment.StartWriting(offset);

    /// <summary>Returns a reason for which no segment can be prepared now; null to try.</summary>
    public Func<string?> RefuseSpace { get; init; } = () => null;
}
