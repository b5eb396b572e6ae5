namespace MultiCloudKv.Server.Storage;

/// <summary>Where the last epoch in the checkpoint ended: replay begins at the position.</summary>
/// <param name="Sequences">Last own sequence of each partition at the cut.</param>
internal sealed record CheckpointCut(long Position, ulong Hlc, uint Epoch, ulong[] Sequences);
