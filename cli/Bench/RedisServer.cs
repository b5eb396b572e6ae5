using System.Globalization;
using MultiCloudKv.Cli.Deployment;
using MultiCloudKv.Cli.Remote;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Cli.Bench;

/// <summary>
/// A redis-server of the machine, in memory only (no snapshots, no append-only file): the fastest it can be is what the
/// product is held against.
/// </summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private const string Program = "/usr/bin/redis-server";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    private RedisServer(int port, ProcessState process)
    {
        Port = port;
        Process = process;
    }

    public int Port { get; }

    public ProcessState Process { get; }

    /// <param name="directory">For its log and, with a primary, what it receives.</param>
    /// <param name="primaryPort">The server to be a replica of, or null.</param>
    public static async Task<RedisServer> StartAsync(string directory, int? primaryPort, CancellationToken stop)
    {
        if (!File.Exists(Program))
            throw new EnvironmentException("redis-server is missing; run: apt-get install -y --no-install-recommends redis-server redis-tools", ExitCodes.MissingDependency);
        Directory.CreateDirectory(directory);
        int port = Ports.Pick(17400, 17999, []);
        List<string> arguments =
        [
            "--port", Text(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", directory, "--protected-mode", "no",
            "--repl-diskless-sync-delay", "0", "--client-output-buffer-limit", "replica 0 0 0",
        ];
        if (primaryPort is { } primary)
            arguments.AddRange(["--replicaof", $"127.0.0.1 {Text(primary)}"]);
        RedisServer server = new(port, OsProcess.Start(Program, arguments, Path.Combine(directory, "redis.log")));
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(StartLimit);
        try
        {
            while (!server.IsReady(primaryPort is not null))
                await Task.Delay(PollInterval, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await server.DisposeAsync().ConfigureAwait(false);
            stop.ThrowIfCancellationRequested();
            throw new EnvironmentException($"redis-server is not ready; its log: {Path.Combine(directory, "redis.log")}");
        }

        return server;
    }

    public async ValueTask DisposeAsync()
    {
        OsProcess.Signal(Process, OsProcess.Kill);
        await OsProcess.WaitGoneAsync(Process, StartLimit, CancellationToken.None).ConfigureAwait(false);
    }

    private bool IsReady(bool asReplica)
    {
        try
        {
            using RespConnection connection = new(Port, password: null);
            return !asReplica
                ? connection.Ask("PING").Text == "PONG"
                : connection.Ask("INFO", "replication").Text.Contains("master_link_status:up", StringComparison.Ordinal);
        }
        catch (Exception notYet) when (notYet is EnvironmentException or IOException)
        {
            return false;
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
