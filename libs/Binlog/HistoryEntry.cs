using MultiCloudKv.Foundation;

namespace MultiCloudKv.Binlog;

/// <summary>One past of a directory: where it began, and the last own sequence of each partition before that.</summary>
public sealed record HistoryEntry(HistoryId Id, long Start, long StartedMs, IReadOnlyList<ulong> Sequences);
