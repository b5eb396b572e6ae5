namespace MultiCloudKv.Server.Storage.Cache;

/// <summary>What one flush did.</summary>
internal sealed record FlushFigures(double Milliseconds, long Bytes, long Records);
