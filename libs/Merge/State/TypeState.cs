using MultiCloudKv.Foundation;

namespace MultiCloudKv.Merge.State;

/// <summary>What a key's state says of its elements of one type.</summary>
internal struct TypeState
{
    /// <summary>Live elements.</summary>
    public long Count;

    /// <summary>Highest stamp of a live element, or a stamp above it.</summary>
    public Stamp Newest;

    /// <summary>True when <see cref="Newest"/> is the stamp of a live element.</summary>
    public bool Exact;
}
