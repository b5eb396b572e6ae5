using MultiCloudKv.Foundation;

namespace MultiCloudKv.Merge.State;

/// <summary>What merging asks of vectors beyond <see cref="StampVector"/>.</summary>
internal static class Vectors
{
    public static bool IsEmpty(this StampVector vector)
    {
        for (int i = 0; i < vector.Count; i++)
        {
            if (vector.At(i).Hlc != 0)
                return false;
        }

        return true;
    }

    /// <summary>True when the vector holds exactly this one entry.</summary>
    public static bool IsOnly(this StampVector vector, byte region, ulong hlc)
    {
        for (int i = 0; i < vector.Count; i++)
        {
            (byte r, ulong h) = vector.At(i);
            if (h != 0 && r != region)
                return false;
        }

        return vector[region] == hlc;
    }

    /// <summary>Number of entries that are not zero.</summary>
    public static int Live(this StampVector vector)
    {
        int live = 0;
        for (int i = 0; i < vector.Count; i++)
            live += vector.At(i).Hlc != 0 ? 1 : 0;
        return live;
    }

    /// <summary>Drops what the applied vector of a slot has caught up with, and regions whose say no longer counts.</summary>
    public static bool CatchUp(this StampVector seen, SlotVectors vectors, int slot)
    {
        bool changed = false;
        for (int i = 0; i < seen.Count; i++)
        {
            (byte region, ulong hlc) = seen.At(i);
            if (hlc == 0 || (hlc > vectors.Applied(slot, region) && vectors.Counts(region)))
                continue;
            seen[region] = 0;
            changed = true;
        }

        return changed;
    }
}
