namespace MultiCloudKv.Rpc.Configuration;

/// <summary>How the binlog is written and kept.</summary>
public sealed class BinlogOptions
{
    public BinlogSync Sync { get; internal set; }

    public BinlogMode Mode { get; internal set; }

    public long SegmentBytes { get; internal set; }

    public long BytesMax { get; internal set; }

    public string? Archive { get; internal set; }
}
