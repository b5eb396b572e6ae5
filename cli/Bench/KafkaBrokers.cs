using System.Globalization;
using MultiCloudKv.Cli.Deployment;
using MultiCloudKv.Cli.Testing;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Cli.Bench;

/// <summary>
/// One broker per region, started by the script beside the source tree where it is there. The script's brokers are made for tests: a heap so small that it is
/// collected every second, which holds all messages for ten milliseconds, only the quick one of the two compilers, and twelve threads for requests. Here they
/// get the heap and the compilers of Kafka's own start script, threads for the processors that there are, and the collector that does not stop them
/// (docs/decisions/0013-pace-where-processors-are-short.md).
/// </summary>
internal sealed class KafkaBrokers : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly Dictionary<string, string?> NoSettings = [];
    private static readonly Dictionary<string, string?> BrokerSettings = new()
    {
        ["_JAVA_OPTIONS"] = "-Xms1g -Xmx1g -XX:-UseSerialGC -XX:+UseZGC -XX:TieredStopAtLevel=4",
        ["KAFKA_PROPERTIES"] = string.Create(CultureInfo.InvariantCulture, $"num.io.threads={Environment.ProcessorCount}\nnum.network.threads={(Environment.ProcessorCount + 1) / 2}"),
    };

    /// <summary>Sixteen bytes. One that the script draws begins with a dash now and then, which Kafka's tools take for an option.</summary>
    private const string ClusterId = "bWNrdi10ZXN0LWJyb2tlcg";

    private readonly string _script;
    private readonly List<string> _directories = [];

    private KafkaBrokers(string script) => _script = script;

    /// <summary>What --kafka takes.</summary>
    public string Bootstrap { get; private set; } = string.Empty;

    /// <summary>Null where there is no script to start brokers with.</summary>
    public static async Task<KafkaBrokers?> TryStartAsync(string directory, CancellationToken stop)
    {
        string script = Path.GetFullPath(Path.Combine(SourceTree.Root, "..", "shared", "kafka", "kafka.sh"));
        if (!File.Exists(script))
            return null;
        Directory.CreateDirectory(directory);
        KafkaBrokers brokers = new(script);
        List<string> endpoints = [];
        HashSet<int> taken = [];
        foreach (string region in (string[])["east", "west"])
        {
            int port = Ports.Pick(29092 + (endpoints.Count * 200), 29900, taken);
            string own = Path.Combine(directory, "kafka-" + region);
            Directory.CreateDirectory(own);
            await File.WriteAllTextAsync(Path.Combine(own, "cluster-id"), ClusterId, stop).ConfigureAwait(false);
            await File.WriteAllTextAsync(Path.Combine(own, "brokers"), "1", stop).ConfigureAwait(false);
            LimitedRun run = await LimitedRun.StartAsync(script, ["start", own, port.ToString(CultureInfo.InvariantCulture)], own + ".log", StartLimit, BrokerSettings, stop).ConfigureAwait(false);
            brokers._directories.Add(own);
            if (run.ExitCode != 0)
            {
                await brokers.DisposeAsync().ConfigureAwait(false);
                throw new EnvironmentException($"{script} could not start a broker; see {own}.log");
            }

            endpoints.Add($"{region}=127.0.0.1:{port}");
        }

        brokers.Bootstrap = string.Join(',', endpoints);
        return brokers;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (string own in _directories)
            await LimitedRun.StartAsync(_script, ["stop", own], own + ".stop.log", StartLimit, NoSettings, CancellationToken.None).ConfigureAwait(false);
    }
}
