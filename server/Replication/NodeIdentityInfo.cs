using MultiCloudKv.Foundation;

namespace MultiCloudKv.Server.Replication;

/// <summary>Who a node is. Immutable; the engine hands out a new one when it takes a new incarnation or history.</summary>
public sealed record NodeIdentityInfo(
    string ClusterId,
    byte Region,
    string RegionName,
    uint Incarnation,
    string NodeId,
    HistoryId HistoryId,
    uint Generation,
    int Partitions,
    string BinlogDirectory);
