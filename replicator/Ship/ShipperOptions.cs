using MultiCloudKv.Foundation;

namespace MultiCloudKv.Replicator.Ship;

/// <summary>What a shipper needs to know of its node. Immutable.</summary>
public sealed record ShipperOptions(
    string BinlogDirectory,
    byte Region,
    uint Generation,
    Partitions Partitions,
    int MessageBytes,
    bool Compress);
