namespace MultiCloudKv.Cli.Verification;

/// <summary>What a comparison of regions found.</summary>
/// <param name="Keys">Keys by region, at the first pass.</param>
/// <param name="Passes">How often something was compared again because it was in flight.</param>
/// <param name="DifferencesTotal">All that differ; <paramref name="Differences"/> shows the first of them.</param>
internal sealed record VerifyReport(
    bool Equal,
    IReadOnlyDictionary<string, long> Keys,
    int SlotsCompared,
    int SlotsDescended,
    int Passes,
    double Seconds,
    int DifferencesTotal,
    IReadOnlyList<KeyDifference> Differences);
