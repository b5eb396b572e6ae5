using MultiCloudKv.Cli.Deployment;
using MultiCloudKv.Cli.Output;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Cli.Bench;

/// <summary>What the stages of a bench run share: options, a scratch directory, the rows, and how systems are made and unmade.</summary>
internal sealed class BenchContext(BenchOptions options, string directory, CancellationToken stop)
{
    private int _made;

    public BenchOptions Options => options;

    public CancellationToken Stop => stop;

    public List<BenchRow> Rows { get; } = [];

    public string Scratch(string name) => Path.Combine(directory, name);

    public void Add(BenchRow row)
    {
        Rows.Add(row);
        Say.Progress("  " + BenchPrinter.Line(row));
    }

    /// <summary>Runs against a fresh system of two regions, which is gone afterwards.</summary>
    public async Task WithSystemAsync(Func<SystemRunner, Task> use, params IReadOnlyList<string> settings)
    {
        string data = Scratch($"system-{++_made}");
        UpOptions up = new()
        {
            Directory = data,
            PortBase = FreeBase(),
            Settings = [.. options.Settings, .. settings.Where(setting => !setting.StartsWith("kafka=", StringComparison.Ordinal))],
            Kafka = settings.FirstOrDefault(setting => setting.StartsWith("kafka=", StringComparison.Ordinal))?["kafka=".Length..],
        };
        (SystemRunner runner, _) = await SystemRunner.UpAsync(up, stop).ConfigureAwait(false);
        try
        {
            await use(runner).ConfigureAwait(false);
        }
        finally
        {
            await runner.DownAsync().ConfigureAwait(false);
            Directory.Delete(data, recursive: true);
        }
    }

    /// <summary>
    /// The halves of this process's processors, for a run in which the threads that serve clients keep to the first and the load generator to the second;
    /// nulls where there is but one processor.
    /// </summary>
    public static (ProcessorSet? Serving, ProcessorSet? Loading) Halves()
    {
        IReadOnlyList<int> all = ProcessorSet.OfProcess().Numbers;
        return all.Count < 2 ? (null, null) : (new ProcessorSet([.. all.Take(all.Count / 2)]), new ProcessorSet([.. all.Skip(all.Count / 2)]));
    }

    /// <summary>Arguments of a load generator that keeps to the second half.</summary>
    public static IReadOnlyList<string> OnLoadingHalf() => Halves().Loading is { } cpus ? ["--cpus", cpus.ToString()] : [];

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? 0 : sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }

    private static int FreeBase()
    {
        for (int port = 17000; port < 17400; port += 200)
        {
            if (Ports.IsFree(port) && Ports.IsFree(port + SystemPlan.PortsPerRegion))
                return port;
        }

        return 18000;
    }
}
