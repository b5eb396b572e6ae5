using MultiCloudKv.Foundation;

namespace MultiCloudKv.Binlog;

/// <summary>One past of a directory: where it began, and the last own sequence of each partition before that.</summary>
/// <param name="Writable">
/// Whether the node has taken own writes in it (<see cref="MarkerKind.Writable"/>). A history that has not come that far is never continued: its node hasn't taken its lost tail back.
/// </param>
public sealed record HistoryEntry(HistoryId Id, long Start, long StartedMs, bool Writable, IReadOnlyList<ulong> Sequences);
