namespace MultiCloudKv.Binlog;

/// <summary>When appended records are made durable without being asked for.</summary>
public enum SyncPolicy
{
    /// <summary>At once; a caller acknowledges after <see cref="BinlogWriter.WaitDurable"/>, which many share.</summary>
    Always = 0,

    /// <summary>Once a second while there is something to sync.</summary>
    EverySecond = 1,

    /// <summary>When the operating system does it; on close, and where <see cref="BinlogWriter.WaitDurable"/> is asked for.</summary>
    Os = 2,
}
