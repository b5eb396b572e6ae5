namespace MultiCloudKv.Server.Storage.Cache;

/// <summary>A dropped range wider than one chain, until the epoch it was dropped in is flushed.</summary>
internal readonly record struct PendingDrop(byte[] Prefix, uint Epoch);
