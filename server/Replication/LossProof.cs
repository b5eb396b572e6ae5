namespace MultiCloudKv.Server.Replication;

/// <summary>Whether a node can prove at its start that nothing of its own binlog is lost, and why.</summary>
public readonly record struct LossProof(bool Holds, string Reason);
