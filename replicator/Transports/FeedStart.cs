using MultiCloudKv.Foundation;

namespace MultiCloudKv.Replicator.Transports;

/// <summary>The last change of a partition that the receiver has; what follows it is wanted.</summary>
/// <param name="Sequence">0: none.</param>
/// <param name="Topic">Where <paramref name="Offset"/> counts; empty where the transport has no log of its own.</param>
/// <param name="Offset">Next offset to read there.</param>
public readonly record struct FeedStart(int Partition, ulong Sequence, HistoryId History, uint Incarnation, string Topic = "", long Offset = -1);
