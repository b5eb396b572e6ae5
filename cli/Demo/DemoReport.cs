using MultiCloudKv.Cli.Verification;

namespace MultiCloudKv.Cli.Demo;

/// <summary>What the demo did and found.</summary>
internal sealed record DemoReport
{
    public bool Holds => Wrong.Count == 0;

    public required int Packages { get; init; }

    public required int Paths { get; init; }

    public required int Loops { get; init; }

    public required long Transactions { get; init; }

    /// <summary>Element changes: set members, hash fields, scores, increments.</summary>
    public required long Changes { get; init; }

    public required double LoadSeconds { get; init; }

    public required KillReport Kill { get; init; }

    public required double ConvergedSeconds { get; init; }

    public required IReadOnlyList<LagSample> Lag { get; init; }

    public required int ConflictPairs { get; init; }

    public required int ConflictsShown { get; init; }

    public required string ConflictExample { get; init; }

    public required int CountersChecked { get; init; }

    public required int SetsChecked { get; init; }

    /// <summary>By region: sequences its own partitions reached, what the other region applied of them, and what the clients count to.</summary>
    public required IReadOnlyDictionary<string, SequenceReport> Sequences { get; init; }

    public required VerifyReport Verify { get; init; }

    /// <summary>One line for each thing that doesn't hold; empty when all does.</summary>
    public required IReadOnlyList<string> Wrong { get; init; }
}
