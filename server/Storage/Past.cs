using MultiCloudKv.Foundation;

namespace MultiCloudKv.Server.Storage;

/// <summary>Which life of this region made a change: its incarnation and the history its node was in.</summary>
internal sealed record Past(uint Incarnation, HistoryId History);
