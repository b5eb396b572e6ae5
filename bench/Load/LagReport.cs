namespace MultiCloudKv.Load;

/// <summary>What a lag measurement found; one JSON document on standard output.</summary>
/// <param name="Probes">Writes whose arrival was seen.</param>
/// <param name="NeverSeen">Writes that didn't show within the last wait.</param>
/// <param name="PerSecondP50Ms">Median lag of the probes acknowledged in each second: growth shows here.</param>
internal sealed record LagReport(long Probes, int NeverSeen, double P50Ms, double P99Ms, double P999Ms, double MaxMs, IReadOnlyList<double> PerSecondP50Ms)
{
    public static LagReport From(LatencyHistogram lags, IReadOnlyList<(double AtSeconds, double LagMs)> samples, int neverSeen)
    {
        List<double> perSecond =
        [
            .. samples.GroupBy(sample => (int)sample.AtSeconds).OrderBy(second => second.Key)
                .Select(second => Math.Round(second.Select(sample => sample.LagMs).Order().ElementAt(second.Count() / 2), 3)),
        ];
        return new LagReport(lags.Count, neverSeen, lags.Milliseconds(0.5), lags.Milliseconds(0.99), lags.Milliseconds(0.999), lags.MaxNanoseconds / 1e6, perSecond);
    }
}
