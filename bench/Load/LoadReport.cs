namespace MultiCloudKv.Load;

/// <summary>What a load measured; one JSON document on standard output.</summary>
internal sealed record LoadReport(
    long Commands,
    double Seconds,
    double PerSecond,
    double P50Ms,
    double P99Ms,
    double P999Ms,
    double MaxMs,
    double LongestSilenceMs,
    long Errors,
    string? FirstError,
    long Nulls,
    double CpuSeconds)
{
    public static LoadReport From(IReadOnlyList<LoadThread> threads, double cpuSeconds)
    {
        LatencyHistogram all = new();
        foreach (LoadThread thread in threads)
            all.Add(thread.Latencies);
        long commands = threads.Sum(thread => thread.Answered);
        double seconds = threads.Max(thread => thread.Seconds);
        return new LoadReport(
            commands,
            seconds,
            commands / seconds,
            all.Milliseconds(0.5),
            all.Milliseconds(0.99),
            all.Milliseconds(0.999),
            all.MaxNanoseconds / 1e6,
            threads.Max(thread => thread.LongestSilenceMs),
            threads.Sum(thread => thread.Errors),
            threads.Select(thread => thread.FirstError).FirstOrDefault(error => error is not null),
            threads.Sum(thread => thread.Nulls),
            cpuSeconds);
    }
}
