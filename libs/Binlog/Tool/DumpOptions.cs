namespace MultiCloudKv.Binlog;

/// <summary>What <see cref="BinlogTool.Dump"/> prints.</summary>
public sealed record DumpOptions
{
    /// <summary>One JSON object per line instead of text.</summary>
    public bool Json { get; init; }

    /// <summary>Records before this position are left out.</summary>
    public long From { get; init; }

    public long CountMax { get; init; } = long.MaxValue;

    /// <summary>Bytes of a group's ops that are shown.</summary>
    public int OpsBytesMax { get; init; } = 256;

    /// <summary>Puts a group's ops into words; null shows the name of the first one and the bytes.</summary>
    public Func<ReadOnlyMemory<byte>, string>? DescribeOps { get; init; }
}
