using System.Net;
using System.Text;
using MultiCloudKv.Cli;
using MultiCloudKv.Cli.Deployment;
using MultiCloudKv.Cli.Remote;
using MultiCloudKv.Integration.Tests.Harness;

namespace MultiCloudKv.Integration.Tests.Telemetry;

/// <summary>docs/reference/metrics.md against what two running regions show and send.</summary>
public sealed class MetricsPageTests
{
    private const string Head = """
        # Metrics

        What `/metrics` on the admin ports answers, in Prometheus's text format (where a password is set, to `Authorization: Bearer` and
        that), and what is sent to the collector that `telemetry.otlp-endpoint` names (there with dots for underscores and without `_total`).
        Both processes also show what .NET says of them as `dotnet_*`: collections and their pauses, memory, processor time, threads.


        """;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Page_Committed_IsWhatBothProcessesShow()
    {
        await using TestSystem system = await TestSystem.UpAsync("east,west", TestSystem.SmallParts);
        RegionState east = system[0], west = system[1];
        using (RespConnection client = TestSystem.Connect(east))
        {
            Assert.Equal("OK", client.Ask("SET", "k", "v").Text);
            Assert.True(client.Ask("INCR", "k").IsError);
            Assert.True(client.Ask("GET").IsError);
        }

        await system.CaughtUpAsync(east, west);
        using var http = new HttpClient();
        string server = await http.GetStringAsync(new Uri($"http://127.0.0.1:{east.AdminPort}/metrics"), Stop);
        string replicator = "";
        await Until.True(
            async () =>
            {
                replicator = await http.GetStringAsync(new Uri($"http://127.0.0.1:{east.ReplicatorAdminPort}/metrics"), Stop);
                return replicator.Contains("\nmckv_replicator_backlog_bytes{", StringComparison.Ordinal);
            },
            "the other region to confirm something");
        foreach (string shown in (string[])[server, replicator])
        {
            Assert.Contains("\ndotnet_gc_collections_total{gc_heap_generation=\"gen0\"} ", shown, StringComparison.Ordinal);
            Assert.Contains("\ndotnet_gc_pause_time_total ", shown, StringComparison.Ordinal);
        }

        string page = Head + Section("Server", server) + "\n" + Section("Replicator", replicator);
        string path = Path.Combine(SourceTree.Root, "docs", "reference", "metrics.md");
        if (Environment.GetEnvironmentVariable("MCKV_WRITE_DOCS") is not null)
            await File.WriteAllTextAsync(path, page, Stop);
        Assert.Equal(page, await File.ReadAllTextAsync(path, Stop));
    }

    [Fact]
    public async Task Collector_Named_IsSentTheMetricsOfBothProcessesByTheirNames()
    {
        using var collector = new HttpListener();
        int port = Ports.Pick(1, 0, []);
        collector.Prefixes.Add($"http://127.0.0.1:{port}/");
        collector.Start();
        await using TestSystem system = await TestSystem.UpAsync("east,west", [.. TestSystem.SmallParts, $"telemetry.otlp-endpoint=http://127.0.0.1:{port}"]);
        HashSet<string> missing = [.. (string[])["mckv-server", "mckv-replicator", "mckv.server.keys", "mckv.replicator.writable", "dotnet.gc.collections", "east/n1"]];
        Task stopped = Task.WhenAll(TestSystem.StopAsync(system[0].Replicator), TestSystem.StopAsync(system[0].Server));
        while (missing.Count > 0)
        {
            HttpListenerContext sent = await collector.GetContextAsync().WaitAsync(Until.Limit, Stop);
            Assert.Equal("/v1/metrics", sent.Request.Url!.AbsolutePath);
            using var body = new MemoryStream();
            await sent.Request.InputStream.CopyToAsync(body, Stop);
            string text = Encoding.Latin1.GetString(body.ToArray());
            missing.RemoveWhere(text.Contains);
            sent.Response.Close();
        }

        await stopped;
    }

    private static string Section(string name, string metrics)
    {
        var rows = new StringBuilder($"## {name}\n\n| metric | kind | labels | meaning |\n|---|---|---|---|\n");
        string[] lines = metrics.Split('\n');
        for (int i = 0; i + 2 < lines.Length; i++)
        {
            if (lines[i].Split(' ', 4) is ["#", "HELP", var metric, var help] && metric.StartsWith("mckv_", StringComparison.Ordinal))
                rows.Append($"| `{metric}` | {lines[i + 1].Split(' ')[3]} | {Labels(lines[i + 2])} | {help} |\n");
        }

        return rows.ToString();
    }

    /// <summary>Of a line "name{a="x",b="y"} 1": a, b.</summary>
    private static string Labels(string series) =>
        series.IndexOf('{', StringComparison.Ordinal) is var open and >= 0
            ? string.Join(", ", series[(open + 1)..series.LastIndexOf('}')].Split(',').Select(label => $"`{label[..label.IndexOf('=', StringComparison.Ordinal)]}`"))
            : "";
}
