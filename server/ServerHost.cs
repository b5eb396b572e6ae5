using System.Net;
using Microsoft.Extensions.Logging;
using MultiCloudKv.Foundation;
using MultiCloudKv.Rpc;
using MultiCloudKv.Rpc.Admin;
using MultiCloudKv.Rpc.Configuration;
using MultiCloudKv.Server.Commands;
using MultiCloudKv.Server.Network;
using MultiCloudKv.Server.Replication;
using MultiCloudKv.Server.Storage;
using MultiCloudKv.Server.Telemetry;

namespace MultiCloudKv.Server;

/// <summary>
/// One node from start to end:
/// <list type="number">
/// <item>Open the engine: recover, replay.</item>
/// <item>Listen: RPC for the replicator, the admin port, then clients.</item>
/// <item>Wait for a signal, SHUTDOWN, or a failure.</item>
/// <item>Drain: nobody new, connections finish the batch they are in, then RPC, then the engine closes its epoch and its binlog.</item>
/// </list>
/// A failure skips the drain's waiting: replay finds everything that was acknowledged.
/// </summary>
internal sealed partial class ServerHost : IAsyncDisposable
{
    private static readonly TimeSpan DrainPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan IdleCheckInterval = TimeSpan.FromSeconds(1);

    private readonly NodeConfig _config;
    private readonly ILogger _log;
    private readonly TaskCompletionSource<ShutdownRequest> _shutdown = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<IPEndPoint> _serving = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Engine _engine;
    private readonly CommandServices _services;
    private readonly ReplicationEpoch _epoch;
    private readonly NodeService _node;
    private readonly RpcServer _rpc;
    private readonly AdminServer _admin;
    private readonly RespServer _clients;
    private readonly ServerMetrics _metrics;
    private readonly PrometheusText _text;
    private readonly IDisposable? _export;
    private readonly Timer _idleCheck;

    /// <exception cref="EnvironmentException">Directory, store, binlog or client.cpus can't be used.</exception>
    public ServerHost(NodeConfig config, bool forceWritable, ILoggerFactory loggers)
    {
        _config = config;
        _log = loggers.CreateLogger<ServerHost>();
        if (config.Client.Processors is { } processors && !processors.IsUsable())
            throw new EnvironmentException($"client.cpus: none of the processors {processors} is there for this process, which may use {ProcessorSet.OfProcess()}");
        string? password = config.ReadPassword();
        _engine = EngineStart.Open(config, TimeProvider.System, forceWritable, loggers, out StartReport report);
        _services = new CommandServices(_engine, ServerSettings.From(config, password), request => _shutdown.TrySetResult(request));
        _epoch = new ReplicationEpoch(Path.Combine(config.DataDirectory, "replication-epoch"));
        _node = new NodeService(new NodeEngine(_engine, report), _epoch);
        _rpc = NewRpcServer(config, password, loggers);
        _metrics = new ServerMetrics(_services);
        _text = new PrometheusText(ServerMetrics.MeterName, PrometheusText.RuntimeMeter);
        _export = MetricsExport.Start(config, "mckv-server", ServerMetrics.MeterName, PrometheusText.RuntimeMeter);
        _admin = new AdminServer(config.Admin.ToEndPoint(), password, config.AdminTls ? config.Tls.LoadCertificate() : null, Pages(), loggers);
        var executor = new CommandExecutor(CommandTable.Build(), _services);
        var options = new RespServerOptions(config.Client.Endpoint.ToEndPoint(), config.Client.Threads, config.Client.Processors, config.Client.Tls ? config.Tls.LoadCertificate() : null);
        var runners = new RunnerPool(executor, _services);
        _clients = new RespServer(options, new RespConnectionHandler(_services, runners), loggers, _services.Fail, () => new RoundServer(runners, _engine));
        _idleCheck = new Timer(_ => CloseIdle());
    }

    /// <summary>Completes with the address clients connect to, once they can.</summary>
    public Task<IPEndPoint> Serving => _serving.Task;

    /// <summary>Why it ended, when it had to; null otherwise.</summary>
    public string? Failure { get; private set; }

    /// <summary>Stops the process in order; from any thread.</summary>
    public void RequestShutdown(string reason) => _shutdown.TrySetResult(new ShutdownRequest(reason));

    /// <summary>Serves until something ends it; returns the exit code.</summary>
    /// <exception cref="EnvironmentException">A port can't be bound.</exception>
    public async Task<int> RunAsync()
    {
        await _rpc.StartAsync();
        await _admin.StartAsync();
        CollectStartup();
        await _clients.StartAsync();
        _idleCheck.Change(IdleCheckInterval, IdleCheckInterval);
        _serving.TrySetResult(_clients.Bound);
        LogServing(_config.RegionName, _clients.Bound, _rpc.Bound, _admin.Bound);
        await Task.WhenAny(_shutdown.Task, _engine.Failed);
        if (_engine.Failed.IsCompletedSuccessfully)
            _services.Fail(await _engine.Failed);
        ShutdownRequest request = await _shutdown.Task;
        if (request.ExitCode == ExitCodes.Ok)
            LogStopping(request.Reason);
        else
            Abandon(request.Reason);
        using var patience = new CancellationTokenSource(request.ExitCode == ExitCodes.Ok ? DrainPatience : TimeSpan.Zero);
        await _clients.StopAsync(patience.Token);
        return request.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        await _idleCheck.DisposeAsync();
        await _clients.DisposeAsync();
        await _rpc.DisposeAsync();
        _node.Dispose();
        _epoch.Dispose();
        await _admin.DisposeAsync();
        _export?.Dispose();
        _text.Dispose();
        _metrics.Dispose();
        await _engine.DisposeAsync();
    }

    /// <summary>
    /// What starting has made lives as long as the process. The first collection moves it, onto pages never touched before, while every client waits; and it
    /// comes minutes later, because serving plain commands allocates next to nothing. So it is had before the first client is served; twice, because
    /// survivors age by one generation each time, and what is in the oldest is not moved again by a collection of the young.
    /// </summary>
    private static void CollectStartup()
    {
        for (int generation = 0; generation < GC.MaxGeneration; generation++)
            GC.Collect();
    }

    /// <summary>After a failure nothing more is written from memory: the next start replays the binlog.</summary>
    private void Abandon(string reason)
    {
        LogFailed(reason);
        Failure = reason;
        _engine.Stop(new InvariantException(reason));
    }

    private RpcServer NewRpcServer(NodeConfig config, string? password, ILoggerFactory loggers)
    {
        var methods = new RpcServices();
        _node.Register(methods);
        var options = new RpcServerOptions
        {
            Listen = config.Rpc.ToEndPoint(),
            Password = password,
            Certificate = config.Tls.LoadCertificate(),
            Loggers = loggers,
            OnFatal = _services.Fail,
        };
        return new RpcServer(options, methods);
    }

    private Dictionary<string, Func<AdminPage>> Pages() => new()
    {
        ["/metrics"] = () => AdminPage.Text(_text.Write()),
        ["/healthz"] = () => AdminPage.Health(_shutdown.Task.IsCompleted ? "stopping" : ""),
        ["/readyz"] = () => AdminPage.Health(_shutdown.Task.IsCompleted ? "stopping" : _engine.Gate.Refusal() ?? ""),
    };

    private void CloseIdle()
    {
        int seconds = _services.Settings.IdleTimeoutSeconds;
        if (seconds > 0)
            _services.Clients.CloseIdle(_engine.Clock.WallMs, seconds * 1000L);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "serving region {Region}: clients {Clients}, rpc {Rpc}, admin {Admin}")]
    private partial void LogServing(string region, IPEndPoint clients, IPEndPoint rpc, IPEndPoint admin);

    [LoggerMessage(Level = LogLevel.Information, Message = "stopping: {Reason}")]
    private partial void LogStopping(string reason);

    [LoggerMessage(Level = LogLevel.Critical, Message = "stopping because of a failure: {Reason}")]
    private partial void LogFailed(string reason);
}
