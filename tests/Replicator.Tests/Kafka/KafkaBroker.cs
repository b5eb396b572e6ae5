using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace MultiCloudKv.Replicator.Tests.Kafka;

/// <summary>
/// A real broker for a test, in a directory and on a port of its own. Started by the script beside the source tree
/// (../shared/kafka); where only a running one is named by MCKV_TEST_KAFKA, that is used by tests that need not touch the broker itself.
/// </summary>
internal sealed class KafkaBroker : IAsyncDisposable
{
    public const string NeedsOwn = "needs ../shared/kafka: a broker that is the test's own";
    public const string Needs = "needs ../shared/kafka (a broker to start), or MCKV_TEST_KAFKA=host:port (one that runs)";
    private static readonly TimeSpan ScriptPatience = TimeSpan.FromSeconds(90);
    private static readonly string? Script = FindScript();
    private readonly DirectoryInfo? _directory;
    private readonly string _properties;
    private readonly int _port;

    /// <summary>Sixteen bytes. One that the script draws begins with a dash now and then, which Kafka's tools take for an option.</summary>
    private const string ClusterId = "bWNrdi10ZXN0LWJyb2tlcg";

    private KafkaBroker(DirectoryInfo? directory, int port, string properties, string bootstrap)
    {
        _directory = directory;
        _port = port;
        _properties = properties;
        Bootstrap = bootstrap;
    }

    public string Bootstrap { get; }

    public static bool CanStart => Script is not null;

    /// <summary>A broker that may be killed, frozen and emptied; skips the test where none can be started.</summary>
    public static Task<KafkaBroker> StartAsync(string properties = "") => StartAsync(_ => properties);

    /// <summary>As above, with properties that depend on the broker's port.</summary>
    public static async Task<KafkaBroker> StartAsync(Func<int, string> properties)
    {
        Assert.SkipWhen(!CanStart, NeedsOwn);
        int port = FreePort();
        DirectoryInfo directory = Directory.CreateTempSubdirectory("mckv-kafka-");
        await File.WriteAllTextAsync(Path.Combine(directory.FullName, "cluster-id"), ClusterId);
        await File.WriteAllTextAsync(Path.Combine(directory.FullName, "brokers"), "1");
        var broker = new KafkaBroker(directory, port, properties(port), $"127.0.0.1:{port}");
        try
        {
            await broker.StartAgainAsync();
            return broker;
        }
        catch
        {
            directory.Delete(recursive: true);
            throw;
        }
    }

    /// <summary>Any broker, or null where there is none.</summary>
    public static async Task<KafkaBroker?> AnyAsync()
    {
        if (Environment.GetEnvironmentVariable("MCKV_TEST_KAFKA") is { Length: > 0 } running)
            return new KafkaBroker(null, 0, "", running);
        return Script is null ? null : await StartAsync();
    }

    /// <summary>
    /// A port whose successor, the controller's, is free as well; below those that connections are given, where a client that tries a
    /// dead broker's port again and again would in the end be connected to itself.
    /// </summary>
    public static int FreePort()
    {
        while (true)
        {
            int port = Random.Shared.Next(10_000, 16_000) * 2;
            try
            {
                using var first = new TcpListener(IPAddress.Loopback, port);
                using var second = new TcpListener(IPAddress.Loopback, port + 1);
                first.Start();
                second.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken: another pair.
            }
        }
    }

    public Task StartAgainAsync() => RunAsync("start", _directory!.FullName, _port.ToString(CultureInfo.InvariantCulture));

    /// <summary>SIGKILL; returns when the port has been let go, which a dying process does a little later.</summary>
    public async Task KillAsync()
    {
        await RunAsync("kill", _directory!.FullName, "1");
        using var patience = new CancellationTokenSource(ScriptPatience);
        while (await AnswersAsync(patience.Token))
            await Task.Delay(20, patience.Token);
    }

    public void Freeze() => Signal("STOP");

    public void Thaw() => Signal("CONT");

    public void RemoveData() => Directory.Delete(Path.Combine(_directory!.FullName, "1", "data"), recursive: true);

    public async ValueTask DisposeAsync()
    {
        if (_directory is null)
            return;
        if (File.Exists(PidFile))
            Thaw();
        await RunAsync("stop", _directory.FullName);
        _directory.Delete(recursive: true);
    }

    private string PidFile => Path.Combine(_directory!.FullName, "1", "pid");

    private void Signal(string signal)
    {
        using Process kill = Process.Start("kill", ["-" + signal, File.ReadAllText(PidFile).Trim()]);
        kill.WaitForExit();
    }

    private async Task RunAsync(params string[] arguments)
    {
        // Output goes to a file: a broker inherits it and outlives the script.
        string log = Path.Combine(_directory!.FullName, "script.log");
        var start = new ProcessStartInfo("/bin/sh") { ArgumentList = { "-c", "exec \"$0\" \"$@\" >>\"$LOG\" 2>&1 </dev/null", Script! } };
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment["LOG"] = log;
        start.Environment["KAFKA_PROPERTIES"] = _properties;
        using Process script = Process.Start(start)!;
        using var patience = new CancellationTokenSource(ScriptPatience);
        await script.WaitForExitAsync(patience.Token);
        Assert.True(script.ExitCode == 0, $"kafka.sh {string.Join(' ', arguments)}: {await File.ReadAllTextAsync(log, CancellationToken.None)}");
    }

    private async Task<bool> AnswersAsync(CancellationToken cancel)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, _port, cancel);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static string? FindScript()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (!File.Exists(Path.Combine(at.FullName, "MultiCloudKv.sln")))
                continue;
            string script = Path.Combine(at.FullName, "..", "shared", "kafka", "kafka.sh");
            return File.Exists(script) ? Path.GetFullPath(script) : null;
        }

        return null;
    }
}
