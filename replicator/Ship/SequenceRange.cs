namespace MultiCloudKv.Replicator.Ship;

/// <summary>Sequences of one origin and partition within a stretch of the log.</summary>
/// <param name="Incarnation">Of the last one.</param>
public readonly record struct SequenceRange(ulong First, ulong Last, uint Incarnation);
