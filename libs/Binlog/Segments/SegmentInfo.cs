using MultiCloudKv.Foundation;

namespace MultiCloudKv.Binlog;

/// <summary>A segment that is there, for status and for the decision about what may be deleted.</summary>
/// <param name="First">Position of its first byte.</param>
/// <param name="End">Position after its last record.</param>
/// <param name="History">The history it was written in.</param>
/// <param name="FirstHlc">Time of its first record, 0 when it has none. Times rise over the whole log.</param>
/// <param name="LastHlc">No record of it has a larger time; 0 when it has none.</param>
/// <param name="Current">True for the one that is being written, which is never deleted.</param>
public sealed record SegmentInfo(long First, long End, HistoryId History, ulong FirstHlc, ulong LastHlc, bool Current)
{
    public long Bytes => End - First;
}
