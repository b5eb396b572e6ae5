using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace MultiCloudKv.Rpc.Admin;

/// <summary>
/// Collects the instruments of some meters and writes them in Prometheus's text format (version 0.0.4): counters
/// as totals, gauges as they are, histograms as count, sum and the buckets given.
/// </summary>
/// <remarks>
/// A name "mckv.replicator.changes.applied" becomes mckv_replicator_changes_applied, counters with _total. Thread-safe by a lock;
/// at most <see cref="SeriesMax"/> series.
/// </remarks>
public sealed class PrometheusText : IDisposable
{
    public const int SeriesMax = 10_000;

    /// <summary>What .NET says of a process: collections and their pauses, memory, processor time, threads.</summary>
    public const string RuntimeMeter = "System.Runtime";

    private static readonly double[] Buckets = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 5000, 30_000];
    private readonly MeterListener _listener = new();
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, Family> _families = new(StringComparer.Ordinal);
    private int _series;

    /// <param name="meters">Names of the meters that are collected.</param>
    public PrometheusText(params string[] meters)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (meters.Contains(instrument.Meter.Name))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((i, v, tags, _) => Record(i, v, tags));
        _listener.SetMeasurementEventCallback<int>((i, v, tags, _) => Record(i, v, tags));
        _listener.SetMeasurementEventCallback<double>((i, v, tags, _) => Record(i, v, tags));
        _listener.Start();
    }

    public string Write()
    {
        _listener.RecordObservableInstruments();
        var text = new StringBuilder();
        lock (_lock)
        {
            foreach ((string name, Family family) in _families)
            {
                text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {family.Help}\n# TYPE {name} {family.Kind}\n");
                foreach ((string labels, Series series) in family.Series)
                    Write(text, name, family, labels, series);
            }
        }

        return text.ToString();
    }

    public void Dispose() => _listener.Dispose();

    private static void Write(StringBuilder text, string name, Family family, string labels, Series series)
    {
        if (family.Kind != "histogram")
        {
            text.Append(CultureInfo.InvariantCulture, $"{name}{Braces(labels)} {series.Value}\n");
            return;
        }

        string separator = labels.Length > 0 ? "," : "";
        long below = 0;
        for (int i = 0; i < Buckets.Length; i++)
        {
            below += series.Counts[i];
            text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{{labels}{separator}le=\"{Buckets[i]}\"}} {below}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{{labels}{separator}le=\"+Inf\"}} {series.Count}\n");
        text.Append(CultureInfo.InvariantCulture, $"{name}_sum{Braces(labels)} {series.Value}\n{name}_count{Braces(labels)} {series.Count}\n");
    }

    private static string Braces(string labels) => labels.Length > 0 ? "{" + labels + "}" : "";

    private void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        Type type = instrument.GetType().GetGenericTypeDefinition();
        bool counter = type == typeof(Counter<>) || type == typeof(ObservableCounter<>);
        bool histogram = type == typeof(Histogram<>);
        bool adds = type == typeof(Counter<>) || type == typeof(UpDownCounter<>);
        string name = instrument.Name.Replace('.', '_').Replace('-', '_') + (counter ? "_total" : "");
        string labels = Labels(tags);
        lock (_lock)
        {
            if (!_families.TryGetValue(name, out Family? family))
                _families[name] = family = new Family(counter ? "counter" : histogram ? "histogram" : "gauge", Help(instrument));
            if (!family.Series.TryGetValue(labels, out Series? series))
            {
                if (_series++ >= SeriesMax)
                    return;
                family.Series[labels] = series = new Series(histogram ? Buckets.Length : 0);
            }

            series.Value = adds || histogram ? series.Value + value : value;
            if (!histogram)
                return;
            series.Count++;
            int bucket = Array.FindIndex(Buckets, b => value <= b);
            if (bucket >= 0)
                series.Counts[bucket]++;
        }
    }

    private static string Help(Instrument instrument)
    {
        string unit = instrument.Unit switch
        {
            "By" => " In bytes.",
            "s" => " In seconds.",
            "ms" => " In milliseconds.",
            "us" => " In microseconds.",
            _ => "",
        };
        return instrument.Description + unit;
    }

    private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
            return "";
        var text = new StringBuilder();
        foreach (KeyValuePair<string, object?> tag in tags)
        {
            string value = Convert.ToString(tag.Value, CultureInfo.InvariantCulture) ?? "";
            text.Append(text.Length > 0 ? "," : "").Append(tag.Key.Replace('.', '_')).Append("=\"")
                .Append(value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)).Append('"');
        }

        return text.ToString();
    }

    private sealed class Family(string kind, string help)
    {
        public string Kind { get; } = kind;

        public string Help { get; } = help;

        public SortedDictionary<string, Series> Series { get; } = new(StringComparer.Ordinal);
    }

    private sealed class Series(int buckets)
    {
        public double Value { get; set; }

        public long Count { get; set; }

        public long[] Counts { get; } = new long[buckets];
    }
}
