using MultiCloudKv.Replicator.Progress;
using MultiCloudKv.Replicator.Transports;

namespace MultiCloudKv.Replicator.Apply;

/// <summary>An item sent to the node and not yet acknowledged.</summary>
/// <param name="Cursor">Where its partition stands once it is applied.</param>
/// <param name="Heartbeat">Null for changes.</param>
internal sealed record UnderWay(ulong Ticket, PartitionCursor Cursor, HeartbeatBody? Heartbeat, int Changes, int Bytes);
