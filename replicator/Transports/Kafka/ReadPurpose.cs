namespace MultiCloudKv.Replicator.Transports.Kafka;

/// <summary>What a topic is read for.</summary>
internal enum ReadPurpose
{
    /// <summary>Another region's changes as they come; partitions far behind are left to another reader.</summary>
    Follow = 1,

    /// <summary>The same, for partitions that were left.</summary>
    CatchUp = 2,

    /// <summary>This region's own changes, up to the end the topic has now.</summary>
    TakeBack = 3,
}
