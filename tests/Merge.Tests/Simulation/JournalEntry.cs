namespace MultiCloudKv.Merge.Tests.Simulation;

/// <summary>A change as a region's own journal holds it: which one of which log.</summary>
internal readonly record struct JournalEntry(int Origin, int Partition, int Index);
