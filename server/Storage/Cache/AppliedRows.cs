using MultiCloudKv.Foundation;

namespace MultiCloudKv.Server.Storage.Cache;

/// <summary>
/// The applied vectors of a stripe's slots: one row of times per region that ever changed one of them, grown on demand.
/// </summary>
/// <remarks>Owned by whoever holds the stripe; a frozen copy is immutable.</remarks>
public sealed class AppliedRows
{
    private readonly ulong[]?[] _rows;
    private byte[] _regions;

    internal AppliedRows()
    {
        _rows = new ulong[byte.MaxValue + 1][];
        _regions = [];
    }

    private AppliedRows(AppliedRows from)
    {
        _rows = new ulong[byte.MaxValue + 1][];
        _regions = from._regions;
        foreach (byte region in _regions)
            _rows[region] = (ulong[])from._rows[region]!.Clone();
    }

    /// <summary>Regions with a row, ascending.</summary>
    public ReadOnlySpan<byte> Regions => _regions;

    /// <summary>Time of the last change of <paramref name="region"/> applied to a slot of this stripe, 0 for none.</summary>
    public ulong this[int slot, byte region]
    {
        get
        {
            ulong[]? row = _rows[region];
            return row is null ? 0 : row[slot & (Stripe.SlotCount - 1)];
        }

        set
        {
            ulong[] row = _rows[region] ?? AddRow(region);
            row[slot & (Stripe.SlotCount - 1)] = value;
        }
    }

    /// <summary>Replaces the content of <paramref name="to"/> by the applied vector of a slot.</summary>
    public void CopyTo(int slot, StampVector to)
    {
        to.Clear();
        foreach (byte region in _regions)
            to[region] = _rows[region]![slot & (Stripe.SlotCount - 1)];
    }

    internal AppliedRows Freeze() => new(this);

    private ulong[] AddRow(byte region)
    {
        var row = new ulong[Stripe.SlotCount];
        _rows[region] = row;
        byte[] regions = [.. _regions, region];
        Array.Sort(regions);
        _regions = regions;
        return row;
    }
}
