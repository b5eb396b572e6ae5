namespace MultiCloudKv.Binlog;

/// <summary>First byte of a marker record's body. On disk: append-only.</summary>
public enum MarkerKind : byte
{
    /// <summary>An epoch ended here.</summary>
    EpochCut = 1,

    /// <summary>From here on the node takes its own clients' writes.</summary>
    Writable = 2,

    /// <summary>A new history begins here.</summary>
    History = 3,
}
