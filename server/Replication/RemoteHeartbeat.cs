using MultiCloudKv.Foundation;

namespace MultiCloudKv.Server.Replication;

/// <summary>
/// A heartbeat of another region for one partition. It comes behind every change of that origin and partition with a
/// smaller stamp, so the node may raise the frontier to <paramref name="Frontier"/> once it gets it.
/// </summary>
/// <param name="Applied">The origin's applied frontiers for this partition: a new known context, and the acknowledgement of this region's changes.</param>
/// <param name="ClockMs">The origin's clock when it was made, Unix milliseconds.</param>
public readonly record struct RemoteHeartbeat(byte Origin, int Partition, ulong Frontier, StampVector Applied, long ClockMs, ulong LastSequence);
