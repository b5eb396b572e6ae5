using MultiCloudKv.Merge.Tests.Simulation;

namespace MultiCloudKv.Merge.Tests.Properties;

/// <summary>
/// A pair of concurrent changes and what must come out: what keys k, j and l show, each as "key type element=value … @expiry
/// ~siblings". Both regions have seen the setup, made at 1 millisecond.
/// </summary>
/// <param name="Name">Name of the row in docs/internals/merge.md.</param>
/// <param name="Setup">What both regions have seen; null for nothing.</param>
/// <param name="Left">The change in the first region.</param>
/// <param name="Right">The change in the second region.</param>
/// <param name="LeftLater">What shows when the left change has the later stamp.</param>
/// <param name="RightLater">What shows when the right one has.</param>
internal sealed record PairRow(string Name, Command? Setup, Command Left, Command Right, string LeftLater, string RightLater)
{
    public int ReadAt => 8;

    /// <summary>Moment of the left change, where it matters; otherwise each of the two is the later one in turn.</summary>
    public int LeftAt { get; init; }

    public int RightAt { get; init; }
}
