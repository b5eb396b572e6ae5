namespace MultiCloudKv.Merge.Tests.Oracle;

/// <summary>What one transaction did in one slot: who, when, and what its maker had seen (per region, own entry included).</summary>
internal sealed class HistoryChange(int region, int slot, ulong[] context)
{
    public int Region { get; } = region;

    public int Slot { get; } = slot;

    public ulong[] Context { get; } = context;

    /// <summary>The stamp; while the transaction still runs, above everything.</summary>
    public ulong Hlc { get; set; } = ulong.MaxValue;

    public List<HistoryAction> Actions { get; } = [];

    public override string ToString() => $"{Hlc >> 16}.{Hlc & 0xffff}@{Region} slot {Slot} saw [{string.Join(' ', Context.Select(h => $"{h >> 16}.{h & 0xffff}"))}]: {string.Join("; ", Actions)}";
}
