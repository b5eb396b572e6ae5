namespace MultiCloudKv.Rpc.Configuration;

/// <summary>How records get into a segment.</summary>
public enum BinlogMode
{
    /// <summary>Copied into a mapping of the segment.</summary>
    MemoryMapped = 0,

    /// <summary>Written by pwrite(2).</summary>
    PositionedWrite = 1,
}
