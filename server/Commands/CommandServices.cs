using MultiCloudKv.Foundation;
using MultiCloudKv.Rpc.Configuration;
using MultiCloudKv.Server.Storage;

namespace MultiCloudKv.Server.Commands;

/// <summary>What one node's commands work with, beside the connection they run for: one instance per process.</summary>
internal sealed class CommandServices
{
    private int _waiting;

    public CommandServices(Engine engine, ServerSettings settings, Action<ShutdownRequest> shutdown)
    {
        Engine = engine;
        Settings = settings;
        Shutdown = shutdown;
        engine.Listener = Watches;
        engine.CommandsServed = () => (Statistics.Commands, Statistics.CommandsPerSecond);
    }

    public Engine Engine { get; }

    public ServerSettings Settings { get; }

    /// <summary>always, everysec or no, in Redis's words.</summary>
    public string SyncPolicy => Engine.Config.Binlog.Sync switch
    {
        BinlogSync.Always => "always",
        BinlogSync.Os => "no",
        _ => "everysec",
    };

    /// <summary>40 hexadecimal digits, new at every start.</summary>
    public string RunId { get; } = Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(20));

    /// <summary>When the process began to serve.</summary>
    public DateTime StartedUtc { get; } = DateTime.UtcNow;

    /// <summary>Connections whose command waits outside the stripes.</summary>
    public int WaitingClients => Volatile.Read(ref _waiting);

    public ClientRegistry Clients { get; } = new();

    public WatchRegistry Watches { get; } = new();

    public CommandStatistics Statistics { get; } = new();

    /// <summary>Stops the process in order; returns at once.</summary>
    public Action<ShutdownRequest> Shutdown { get; }

    public void BeginWait() => Interlocked.Increment(ref _waiting);

    public void EndWait() => Interlocked.Decrement(ref _waiting);

    /// <summary>Something failed that no handler expects: going on would be guessing, so the process stops.</summary>
    public void Fail(Exception failure) =>
        Shutdown(failure is EnvironmentException environment ? new ShutdownRequest(environment.Message, environment.ExitCode) : new ShutdownRequest(failure.ToString(), ExitCodes.Bug));
}
