using MultiCloudKv.Foundation;

namespace MultiCloudKv.Merge.State;

/// <summary>The last write of a region to an element. The value's bytes stand in the element's buffer.</summary>
internal struct Register(byte region, ulong hlc, long own, int valueStart, int valueLength) : IRegional
{
    /// <summary>The own expiry of a register once an EXPIRE or PERSIST had seen it: counts no more.</summary>
    public const long Covered = -1;

    public readonly byte Region => region;

    public readonly ulong Hlc => hlc;

    /// <summary>Unix milliseconds, never, or <see cref="Covered"/>.</summary>
    public long Own = own;

    public readonly int ValueStart => valueStart;

    public readonly int ValueLength => valueLength;

    public readonly Stamp Stamp => new(hlc, region);
}
