namespace MultiCloudKv.Binlog;

/// <summary>A moment of the log: all own changes with stamps up to <paramref name="Hlc"/> are before <paramref name="Position"/>, later ones get larger stamps.</summary>
public readonly record struct Frontier(ulong Hlc, long Position);
