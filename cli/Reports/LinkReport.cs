namespace MultiCloudKv.Cli.Reports;

/// <summary>What one region gets from another.</summary>
/// <param name="ChangeLagMs">Age of the newest change applied; 0 when nothing is outstanding.</param>
/// <param name="HeartbeatAgeMs">Age of the newest heartbeat applied: grows on a link that is stuck or cut although nothing is written.</param>
internal sealed record LinkReport(string From, string To, string State, string? Reason, double ChangeLagMs, double HeartbeatAgeMs, ulong ChangesApplied, ulong BytesApplied, ulong Duplicates, ulong Reships)
{
    /// <summary>The lag an operator asks for: how old is what is not here yet.</summary>
    public double LagMs => Math.Max(ChangeLagMs, 0);
}
