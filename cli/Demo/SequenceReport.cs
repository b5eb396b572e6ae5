namespace MultiCloudKv.Cli.Demo;

/// <summary>Changes of one region, counted three ways that must agree.</summary>
internal sealed record SequenceReport(long Made, long AppliedByTheOther, long CountedByClients);
