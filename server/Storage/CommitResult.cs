using MultiCloudKv.Foundation;

namespace MultiCloudKv.Server.Storage;

/// <summary>What became of a transaction.</summary>
/// <param name="Stamp">Its stamp; <see cref="Stamp.None"/> when it changed nothing.</param>
/// <param name="End">Binlog position behind its record: durable once the binlog is durable up to there.</param>
/// <param name="Slot">The slot it changed, <see cref="SeveralSlots"/> when there are several; for WAITREGIONS.</param>
/// <param name="Refusal">The error for the client when it was refused; nothing was changed then.</param>
public readonly record struct CommitResult(Stamp Stamp, long End, int Slot, string? Refusal)
{
    /// <summary>Changed more than one slot: applied elsewhere when every partition's frontier has passed it.</summary>
    public const int SeveralSlots = -1;

    public static CommitResult Nothing => default;

    public bool Changed => Stamp != Stamp.None;

    public static CommitResult Refused(string error) => new(Stamp.None, 0, 0, error);
}
