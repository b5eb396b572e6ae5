namespace MultiCloudKv.Merge.Tests.Simulation;

/// <summary>A replica shows or keeps something else than it must.</summary>
internal sealed class SimulationFailure(string message) : Exception(message);
