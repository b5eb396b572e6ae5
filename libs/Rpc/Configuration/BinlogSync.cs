namespace MultiCloudKv.Rpc.Configuration;

/// <summary>When the binlog is synced.</summary>
public enum BinlogSync
{
    /// <summary>Once a second.</summary>
    EverySec = 0,

    /// <summary>Before each reply; commands that wait at the same time share one sync.</summary>
    Always = 1,

    /// <summary>When the operating system likes.</summary>
    Os = 2,
}
