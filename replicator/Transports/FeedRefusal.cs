namespace MultiCloudKv.Replicator.Transports;

/// <summary>A partition that an origin can't serve from where the receiver stands.</summary>
public readonly record struct FeedRefusal(int Partition, FeedRefusalCause Cause, string Reason);
