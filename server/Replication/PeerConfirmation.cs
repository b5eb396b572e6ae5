namespace MultiCloudKv.Server.Replication;

/// <summary>What the replicator reports of one peer.</summary>
/// <param name="Confirmed">Smallest frontier, over the partitions, up to which the peer has applied this region's changes.</param>
/// <param name="LagMs">Age of the newest change and heartbeat applied from the peer.</param>
/// <param name="NeedsResync">The peer's frontier no longer counts: not for retention, not for reclaiming.</param>
public sealed record PeerConfirmation(byte Region, string Name, string State, string Reason, ulong Confirmed, long ConfirmedPosition, double LagMs, bool NeedsResync);
