namespace MultiCloudKv.Merge.Tests.Simulation;

/// <summary>A command with its arguments drawn; may be run again when a record was not in memory.</summary>
internal delegate void Command(SimTransaction transaction);
