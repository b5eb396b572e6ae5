namespace MultiCloudKv.Merge.State;

/// <summary>How much of a region's increments an overwrite had seen: everything up to <c>Hlc</c>, in sum <c>Sum</c>; and which overwrite said so.</summary>
internal readonly struct Floor(byte region, ulong hlc, Number sum, byte by, ulong byHlc) : IRegional
{
    public byte Region => region;

    public ulong Hlc => hlc;

    public Number Sum => sum;

    public byte By => by;

    public ulong ByHlc => byHlc;
}
