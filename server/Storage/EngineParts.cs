using MultiCloudKv.Binlog;
using MultiCloudKv.Foundation;
using MultiCloudKv.Merge;
using MultiCloudKv.Rpc.Configuration;
using MultiCloudKv.Server.Storage.Cache;

namespace MultiCloudKv.Server.Storage;

/// <summary>What an engine is put together from, once recovered.</summary>
internal sealed record EngineParts(
    NodeConfig Config,
    TimeProvider Time,
    HybridClock Clock,
    CheckpointDatabase Database,
    RecordCache Cache,
    BinlogWriter Binlog,
    SlotVectors Vectors,
    CursorTable Cursors,
    OwnEnds OwnEnds,
    AppliedFrontiers Frontiers,
    ExpiryQueues Expiries,
    PendingSlots Pending,
    uint Incarnation);
