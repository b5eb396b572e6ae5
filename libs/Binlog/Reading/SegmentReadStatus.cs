namespace MultiCloudKv.Binlog;

/// <summary>What stands at a place of a segment.</summary>
internal enum SegmentReadStatus
{
    Record = 0,

    /// <summary>Nothing: the end of the file, or space that was allocated and not written.</summary>
    Empty = 1,

    /// <summary>Something that is no whole record of this place.</summary>
    Bad = 2,
}
