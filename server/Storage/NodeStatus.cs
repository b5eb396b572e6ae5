using System.Text.Json;
using MultiCloudKv.Server.Storage.Cache;

namespace MultiCloudKv.Server.Storage;

/// <summary>The node's state as JSON, for <c>mckv status</c>.</summary>
internal static class NodeStatus
{
    public static string Of(Engine engine, NodeEngine node)
    {
        CacheStatistics cache = engine.Cache.Statistics();
        (long commands, long commandsPerSecond) = engine.CommandsServed();
        return JsonSerializer.Serialize(new
        {
            region = engine.Config.RegionName,
            region_id = engine.Config.RegionId,
            node = engine.Config.NodeId,
            incarnation = engine.Past.Incarnation,
            history = engine.Binlog.History.ToString(),
            writable = engine.Gate.Refusal() is null,
            refusals = engine.Gate.All(),
            loss_proof = node.LossProof.Reason,
            keys = engine.CountKeys(),
            own_changes = engine.OwnChanges,
            commands,
            commands_per_second = commandsPerSecond,
            epoch = engine.Epoch,
            binlog_committed = engine.Binlog.Committed,
            binlog_durable = engine.Binlog.Durable,
            binlog_bytes = engine.Binlog.Segments().Sum(s => s.Bytes),
            checkpoint_position = engine.EpochHost.FlushedPosition,
            dirty_bytes = cache.DirtyBytes,
            cached_bytes = cache.CachedBytes,
            flow_control_pause_ms = engine.FlowControl.PauseMs,
            flow_control_pauses = engine.FlowControl.Pauses,
            flow_control_paused_ms = engine.FlowControl.PausedMs,
            retention_alarm = engine.Retention.Alarmed,
            archive_trouble = engine.Binlog.ArchiveTrouble,
            peers = engine.Retention.Peers,
        });
    }
}
