namespace MultiCloudKv.Rpc.Configuration;

/// <summary>How changes are shipped and applied.</summary>
public sealed class ReplicationOptions
{
    public TimeSpan MaxClockDrift { get; internal set; }

    public TimeSpan GapWait { get; internal set; }

    public TimeSpan HeartbeatInterval { get; internal set; }

    /// <summary>Lag from which own clients' writes are slowed; zero: never.</summary>
    public TimeSpan TargetLag { get; internal set; }

    public TimeSpan PeerAwayMax { get; internal set; }

    public int MessageBytes { get; internal set; }

    /// <summary>Per origin: bytes received and not yet acknowledged by the node.</summary>
    public long InFlightBytesMax { get; internal set; }

    public bool Compress { get; internal set; }

    /// <summary>Of the topic this node makes; never more than <see cref="NodeConfig.Partitions"/>.</summary>
    public int KafkaPartitions { get; internal set; }

    public int KafkaReplicationFactor { get; internal set; }
}
