using MultiCloudKv.Rpc.Messages;

namespace MultiCloudKv.Cli.Reports;

/// <summary>What one region gets from another.</summary>
/// <param name="ChangeLagMs">What the newest change applied had taken, from its making to its place here.</param>
/// <param name="HeartbeatAgeMs">Age of the newest heartbeat applied: grows on a link that is stuck or cut although nothing is written.</param>
internal sealed record LinkReport(string From, string To, string State, string? Reason, double ChangeLagMs, double HeartbeatAgeMs, ulong ChangesApplied, ulong BytesApplied, ulong Duplicates, ulong Reships)
{
    private const double HeartbeatLateMs = 500;

    /// <summary>
    /// How old what is not here yet may be. A heartbeat comes behind every change made before it: a fresh one bounds the
    /// lag whatever the newest change took, a late one says that the link is behind or stuck.
    /// </summary>
    public double LagMs => HeartbeatAgeMs > HeartbeatLateMs ? HeartbeatAgeMs : Math.Min(ChangeLagMs, HeartbeatAgeMs);

    public static LinkReport Of(OriginStatus origin, string to) => new(
        origin.Name,
        to,
        origin.State.ToString().ToLowerInvariant(),
        origin.Reason.Length > 0 ? origin.Reason : null,
        origin.ChangeLagMs,
        origin.HeartbeatAgeMs,
        origin.ChangesApplied,
        origin.BytesApplied,
        origin.Duplicates,
        origin.Reships);
}
