using MultiCloudKv.Foundation;

namespace MultiCloudKv.Server.Replication;

/// <summary>The last change of this region in one partition; sequence 0: there is none.</summary>
public readonly record struct OwnEndInfo(int Partition, ulong Sequence, ulong Stamp, uint Incarnation, HistoryId HistoryId);
