namespace MultiCloudKv.Cli.Demo;

/// <summary>Lag of every link at one moment of the demo; NaN where the receiving replicator was down.</summary>
internal sealed record LagSample(double AtSeconds, double EastFromWestMs, double WestFromEastMs, long AcknowledgedEast, long AcknowledgedWest);
