using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace MultiCloudKv.Wire.Tests.Harness;

/// <summary>A server process of one test run, on a free port, with its data in a directory that goes with it.</summary>
public sealed class WireServer : IDisposable
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(30);
    private readonly Process _process;
    private readonly string _directory;

    private WireServer(string name, Func<string, int, ProcessStartInfo> command)
    {
        Name = name;
        _directory = Directory.CreateTempSubdirectory("mckv-wire-").FullName;
        Port = FreePort();
        ProcessStartInfo start = command(_directory, Port);
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += static (_, _) => { };
        _process.ErrorDataReceived += static (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        WaitUntilReady();
    }

    public string Name { get; }

    public int Port { get; }

    /// <summary>Debian's redis-server, which proves the tests.</summary>
    public static WireServer StartRedis() => new("redis", static (directory, port) => new ProcessStartInfo(
        "redis-server",
        ["--port", $"{port}", "--bind", "127.0.0.1", "--dir", directory, "--save", "", "--appendonly", "no", "--enable-debug-command", "yes"]));

    /// <summary>This product's server, as the build left it beside the tests.</summary>
    public static WireServer StartOwn() => new("mckv", static (directory, port) =>
    {
        string config = Path.Combine(directory, "node.yaml");
        File.WriteAllText(config, $$"""
            cluster-id: wire
            region:
              name: only
              id: 1
            data-dir: {{Path.Combine(directory, "data")}}
            client:
              port: {{port}}
            """);
        string executable = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "Server", Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/')), "MultiCloudKv.Server"));
        return new ProcessStartInfo(executable, ["--config", config]);
    });

    public WireConnection Connect() => new(Port);

    public override string ToString() => Name;

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private void WaitUntilReady()
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                using WireConnection connection = Connect();
                if (connection.Run("PING") == "+PONG")
                    return;
            }
            catch (Exception e) when (e is SocketException or IOException)
            {
                if (waited.Elapsed > StartDeadline || _process.HasExited)
                    throw new InvalidOperationException($"{Name} did not start", e);
            }

            Thread.Sleep(10);
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
