namespace MultiCloudKv.Server.Replication;

/// <summary>Changes of one origin and partition, in order, as they are to stand in the binlog.</summary>
/// <param name="Count">Number of entries.</param>
/// <param name="Body">Body of a RemoteBatch (or, taken back, TakenBack) record: source cursor, then the entries.</param>
/// <param name="TakenBack">These are the node's own, handed back by a peer; <paramref name="Origin"/> is this region.</param>
public readonly record struct RemoteBatchInfo(
    byte Origin, int Partition, int Count, ulong LastSequence, ulong LastStamp, bool TakenBack, ReadOnlyMemory<byte> Body);
