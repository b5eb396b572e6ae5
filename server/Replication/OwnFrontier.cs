namespace MultiCloudKv.Server.Replication;

/// <summary>A moment of the node's own log: every own change with a stamp at or below the time lies below the position.</summary>
/// <param name="Hlc">No own change will ever again get this stamp or a smaller one.</param>
/// <param name="Sequences">Per partition the last own sequence at that position.</param>
public readonly record struct OwnFrontier(ulong Hlc, long Position, IReadOnlyList<ulong> Sequences);
