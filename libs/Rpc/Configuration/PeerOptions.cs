namespace MultiCloudKv.Rpc.Configuration;

/// <summary>Another region.</summary>
/// <param name="Replicator">host:port of its replicator's RPC port.</param>
public sealed record PeerOptions(string Name, byte Id, string Replicator);
