namespace MultiCloudKv.Binlog;

/// <summary>A cut in log order: everything before <paramref name="Position"/> belongs to epochs up to <paramref name="Epoch"/>, everything after to later ones.</summary>
/// <param name="Epoch">The epoch that ended.</param>
/// <param name="Hlc">Records before the cut have smaller stamps, records after it larger ones.</param>
/// <param name="Sequences">Last own sequence of each partition at the cut.</param>
public sealed record EpochCut(uint Epoch, long Position, ulong Hlc, IReadOnlyList<ulong> Sequences);
