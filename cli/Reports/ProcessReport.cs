namespace MultiCloudKv.Cli.Reports;

/// <summary>One process of a region: its number, and "up", "down" (it should run and doesn't) or "stopped".</summary>
internal sealed record ProcessReport(string State, int? Pid, string? Reason, long? ResidentBytes);
