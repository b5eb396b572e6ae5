using MultiCloudKv.Foundation;
using MultiCloudKv.Merge;
using MultiCloudKv.Server.Storage.Cache;

namespace MultiCloudKv.Server.Storage;

/// <summary>A copy of the applied vectors of one stripe's slots, taken as the stripe passes an epoch's cut. Immutable.</summary>
internal sealed class AppliedRows
{
    private readonly byte[] _regions;
    private readonly ulong[] _times;

    private AppliedRows(byte[] regions, ulong[] times)
    {
        _regions = regions;
        _times = times;
    }

    /// <summary>Copies what <paramref name="vectors"/> say of a stripe that is held.</summary>
    public static AppliedRows Capture(SlotVectors vectors, int stripe)
    {
        byte[] regions = vectors.Regions.ToArray();
        var times = new ulong[regions.Length * Stripe.SlotCount];
        int at = 0;
        foreach (byte region in regions)
        {
            for (int slot = 0; slot < Stripe.SlotCount; slot++)
                times[at++] = vectors.Applied((stripe * Stripe.SlotCount) + slot, region);
        }

        return new AppliedRows(regions, times);
    }

    /// <summary>Number of regions as a variable integer, then for each its id and 128 times as variable integers.</summary>
    public void WriteTo(ByteWriter to)
    {
        to.WriteVarInt((ulong)_regions.Length);
        for (int i = 0; i < _regions.Length; i++)
        {
            to.WriteByte(_regions[i]);
            foreach (ulong time in _times.AsSpan(i * Stripe.SlotCount, Stripe.SlotCount))
                to.WriteVarInt(time);
        }
    }

    /// <summary>Sets the applied vectors of a stripe's slots to what <see cref="WriteTo"/> wrote.</summary>
    public static void Restore(ref ByteReader from, SlotVectors vectors, int stripe)
    {
        ulong regions = from.ReadVarInt();
        for (ulong i = 0; i < regions && !from.Failed; i++)
        {
            byte region = from.ReadByte();
            for (int slot = 0; slot < Stripe.SlotCount; slot++)
                vectors.SetApplied((stripe * Stripe.SlotCount) + slot, region, from.ReadVarInt());
        }
    }
}
