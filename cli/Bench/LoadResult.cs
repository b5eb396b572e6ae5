namespace MultiCloudKv.Cli.Bench;

/// <summary>What one run of the load generator reported.</summary>
internal sealed record LoadResult(
    long Commands,
    double Seconds,
    double PerSecond,
    double P50Ms,
    double P99Ms,
    double P999Ms,
    double MaxMs,
    double LongestSilenceMs,
    double LongestSilenceRunningMs,
    long ProcessorStops,
    double ProcessorStoppedMs,
    bool StopsWatched,
    long Errors,
    string? FirstError,
    long Nulls,
    double CpuSeconds);
