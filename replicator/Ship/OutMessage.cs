namespace MultiCloudKv.Replicator.Ship;

/// <summary>A message ready to travel: its bytes are valid until the sink has taken it.</summary>
public readonly record struct OutMessage(int Partition, ReadOnlyMemory<byte> Bytes, ulong LastSequence, int Changes);
