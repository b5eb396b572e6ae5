namespace MultiCloudKv.Replicator.Transports;

/// <summary>What a message carries. On the wire: append-only.</summary>
public enum MessageKind : byte
{
    /// <summary>Entries: (hybrid time u64, incarnation u32, group)*.</summary>
    Changes = 1,

    /// <summary>A <see cref="HeartbeatBody"/>.</summary>
    Heartbeat = 2,

    /// <summary>The last message of a generation of partitions: nothing follows in this partition.</summary>
    GenerationEnd = 3,
}
