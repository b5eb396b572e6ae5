namespace MultiCloudKv.Load;

/// <summary>
/// What a load measured; one JSON document on standard output. The longest silence is there twice: as a client sees it, and less the time within it in
/// which a processor was stopped (the same where nobody watched for that).
/// </summary>
internal sealed record LoadReport(
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
    double CpuSeconds)
{
    /// <param name="threads">The threads, ended.</param>
    /// <param name="cpuSeconds">User and system time of the generator.</param>
    /// <param name="stops">Times in which a processor was stopped; null where nobody watched for them.</param>
    public static LoadReport From(IReadOnlyList<LoadThread> threads, double cpuSeconds, IReadOnlyList<TimeSlice>? stops)
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
            LongestSilence(threads, []),
            LongestSilence(threads, stops ?? []),
            stops?.Count ?? 0,
            (stops ?? []).Sum(stop => stop.Length) / 1e6,
            stops is not null,
            threads.Sum(thread => thread.Errors),
            threads.Select(thread => thread.FirstError).FirstOrDefault(error => error is not null),
            threads.Sum(thread => thread.Nulls),
            cpuSeconds);
    }

    private static double LongestSilence(IReadOnlyList<LoadThread> threads, IReadOnlyList<TimeSlice> stops) =>
        threads.SelectMany(thread => thread.Silences).Select(silence => silence.LengthWithout(stops)).DefaultIfEmpty().Max() / 1e6;
}
