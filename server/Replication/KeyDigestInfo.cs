namespace MultiCloudKv.Server.Replication;

/// <summary>Digest of one key's visible state, siblings and stamps.</summary>
public readonly record struct KeyDigestInfo(int Namespace, byte[] Key, ulong Digest);
