using MultiCloudKv.Foundation;

namespace MultiCloudKv.Server.Replication;

/// <summary>Up to where one origin's partition has been applied, of the same moment as the data.</summary>
/// <param name="Sequence">Sequence of the last change applied.</param>
/// <param name="Stamp">Its time.</param>
/// <param name="Frontier">Nothing at or below this time is still to come from the origin in this partition.</param>
/// <param name="Known">The newest applied frontiers heard from the origin for this partition; not changed after it is handed out.</param>
public sealed record RemoteCursorInfo(
    byte Origin,
    int Partition,
    uint Generation,
    uint Incarnation,
    HistoryId HistoryId,
    ulong Sequence,
    ulong Stamp,
    ulong Frontier,
    string Topic,
    long Offset,
    StampVector Known);
