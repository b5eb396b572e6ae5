namespace MultiCloudKv.Foundation;

/// <summary>
/// The identity of a change (the "dot" of the CRDT literature): the hybrid time at which it was made and the region
/// whose client made it. Stamps are totally ordered; the region breaks ties between equal times.
/// </summary>
public readonly record struct Stamp(ulong Hlc, byte Region) : IComparable<Stamp>
{
    /// <summary>Smaller than every stamp ever issued.</summary>
    public static Stamp None => default;

    /// <inheritdoc/>
    public int CompareTo(Stamp other)
    {
        int byTime = Hlc.CompareTo(other.Hlc);
        return byTime != 0 ? byTime : Region.CompareTo(other.Region);
    }

    public static bool operator <(Stamp left, Stamp right) => left.CompareTo(right) < 0;

    public static bool operator >(Stamp left, Stamp right) => left.CompareTo(right) > 0;

    public static bool operator <=(Stamp left, Stamp right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Stamp left, Stamp right) => left.CompareTo(right) >= 0;

    /// <inheritdoc/>
    public override string ToString() => $"{HybridTime.PhysicalMs(Hlc)}.{HybridTime.Counter(Hlc)}@{Region}";
}
