using MultiCloudKv.Foundation;

namespace MultiCloudKv.Merge.State;

/// <summary>A region's increments of an element since a start, as their sum.</summary>
internal readonly struct Delta(byte region, ulong last, ulong start, Number sum) : IRegional
{
    public byte Region => region;

    public ulong Last => last;

    public ulong Start => start;

    public Number Sum => sum;

    public Stamp Stamp => new(last, region);
}
