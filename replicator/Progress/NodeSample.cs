using MultiCloudKv.Foundation;

namespace MultiCloudKv.Replicator.Progress;

/// <summary>
/// A moment of the own node: every own change with a stamp at or below <paramref name="Frontier"/> lies below
/// <paramref name="Position"/>, and the applied frontiers were read before it. Immutable.
/// </summary>
/// <param name="Version">Rises with each sample.</param>
/// <param name="Waiting">Clients wait for other regions' acknowledgements.</param>
/// <param name="Sequences">Per partition the last own sequence below the position.</param>
/// <param name="Applied">Per partition the applied frontier of every other origin.</param>
public sealed record NodeSample(
    long Version,
    ulong Frontier,
    long Position,
    long ClockMs,
    bool Waiting,
    bool Writable,
    HistoryId History,
    uint Incarnation,
    IReadOnlyList<ulong> Sequences,
    IReadOnlyList<StampVector> Applied);
