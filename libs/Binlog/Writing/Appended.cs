namespace MultiCloudKv.Binlog;

/// <summary>Where a record went.</summary>
/// <param name="Hlc">Its stamp's time; for <see cref="RecordKind.Own"/> the stamp of the change.</param>
/// <param name="Position">Where it begins.</param>
/// <param name="End">Where it ends: what <see cref="BinlogWriter.WaitDurable"/> takes.</param>
/// <param name="Epoch">The epoch it falls into.</param>
public readonly record struct Appended(ulong Hlc, long Position, long End, uint Epoch);
