using Microsoft.Extensions.Logging;
using MultiCloudKv.Replicator.Progress;
using MultiCloudKv.Replicator.Transports;
using MultiCloudKv.Rpc.Configuration;

namespace MultiCloudKv.Replicator.Apply;

/// <summary>What the pipelines of a replicator share. Immutable.</summary>
public sealed record PipelineServices(
    NodeConfig Config,
    NodeSession Node,
    CursorBoard Board,
    HistoryBook Histories,
    AlarmBook Alarms,
    ITransport Transport,
    PeerChannels Peers,
    uint Generation,
    TimeProvider Time,
    ILoggerFactory Loggers);
