using MultiCloudKv.Merge.Tests.Oracle;

namespace MultiCloudKv.Merge.Tests.Simulation;

/// <summary>
/// One entry of a region's log of a partition: a change of one slot as the bytes it ships, or a heartbeat (no bytes),
/// which carries what the region has applied.
/// </summary>
internal sealed record LogEntry(ulong Hlc, int Slot, byte[] Group, HistoryChange? Change, ulong[]? Frontier)
{
    public bool IsHeartbeat => Change is null;

    public override string ToString() => Change?.ToString() ?? $"heartbeat {Hlc >> 16}.{Hlc & 0xffff}";
}
