namespace MultiCloudKv.Binlog;

/// <summary>What a binlog record holds. On disk: append-only.</summary>
public enum RecordKind : byte
{
    /// <summary>A transaction of this region's clients: body is its groups.</summary>
    Own = 1,

    /// <summary>Changes of another region that were applied here: body is the source cursor and entries of one origin and partition.</summary>
    RemoteBatch = 2,

    /// <summary>Own changes that a node whose tail was lost took back: body as of <see cref="RemoteBatch"/>, origin is this region.</summary>
    TakenBack = 3,

    /// <summary>No change: a <see cref="MarkerKind"/> byte and a small payload.</summary>
    Marker = 4,
}
