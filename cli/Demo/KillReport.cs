namespace MultiCloudKv.Cli.Demo;

/// <summary>West's node and replicator killed in the middle.</summary>
/// <param name="Unanswered">Transactions clients had sent and got no answer for.</param>
/// <param name="TookEffect">Of these, found to have taken effect after the return; the others were sent again.</param>
/// <param name="NotYetInEast">Changes acknowledged to clients that east hadn't applied when the node was killed.</param>
internal sealed record KillReport(double AtSeconds, int Unanswered, int TookEffect, long NotYetInEast, double ReadyAgainSeconds);
