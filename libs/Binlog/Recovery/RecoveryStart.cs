namespace MultiCloudKv.Binlog;

/// <summary>From where a store wants the log replayed: the cut it holds everything before, and what the cut said.</summary>
/// <param name="Position">A cut, or 0 for the whole log from its very beginning.</param>
/// <param name="Sequences">Last own sequence of each partition at the cut; null for none (zeros).</param>
/// <param name="Hlc">No stamp before the cut is larger.</param>
public sealed record RecoveryStart(long Position, IReadOnlyList<ulong>? Sequences = null, ulong Hlc = 0)
{
    public static RecoveryStart Beginning { get; } = new(0);
}
