using Microsoft.Extensions.Logging;
using MultiCloudKv.Replicator.Progress;
using MultiCloudKv.Replicator.Ship;
using MultiCloudKv.Replicator.Transports;
using MultiCloudKv.Rpc.Configuration;

namespace MultiCloudKv.Replicator;

/// <summary>What a transport is made of. Immutable.</summary>
public sealed record TransportParts(
    NodeConfig Config,
    ShipperOptions Ship,
    LogIndex Index,
    LogTail Tail,
    NodeSession Node,
    ShipCounters Counters,
    AlarmBook Alarms,
    PeerChannels Peers,
    ILoggerFactory Loggers);
