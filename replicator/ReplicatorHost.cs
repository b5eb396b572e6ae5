using System.Globalization;
using System.Net;
using Microsoft.Extensions.Logging;
using MultiCloudKv.Foundation;
using MultiCloudKv.Replicator.Apply;
using MultiCloudKv.Replicator.Progress;
using MultiCloudKv.Replicator.Ship;
using MultiCloudKv.Replicator.Transports;
using MultiCloudKv.Replicator.Transports.Direct;
using MultiCloudKv.Replicator.Transports.Kafka;
using MultiCloudKv.Rpc;
using MultiCloudKv.Rpc.Configuration;
using MultiCloudKv.Rpc.Messages;

namespace MultiCloudKv.Replicator;

/// <summary>
/// A replicator: attaches to its node, serves its peers, takes its own lost tail back, and runs one pipeline per other region until it is
/// stopped or fenced.
/// </summary>
/// <remarks>One per process; tests run several in one.</remarks>
public sealed partial class ReplicatorHost : IAsyncDisposable
{
    private static readonly TimeSpan NewOriginPoll = TimeSpan.FromSeconds(1);
    private readonly NodeConfig _config;
    private readonly ILoggerFactory _loggers;
    private readonly TransportFactory _makeTransport;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly List<OriginPipeline> _pipelines = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _restarted = new(0);
    private readonly NodeSession _node;
    private readonly CursorBoard _board = new();
    private readonly AlarmBook _alarms;
    private readonly PeerChannels _peers;
    private LogTail? _tail;
    private RpcServer? _rpc;
    private ITransport? _transport;
    private bool _ready;

    public ReplicatorHost(NodeConfig config, ILoggerFactory loggers, TransportFactory? transport = null, TimeProvider? time = null)
    {
        _config = config;
        _loggers = loggers;
        _makeTransport = transport ?? Transport;
        _time = time ?? TimeProvider.System;
        _log = loggers.CreateLogger<ReplicatorHost>();
        _alarms = new AlarmBook(loggers.CreateLogger<AlarmBook>());
        var options = new RpcChannelOptions { Password = config.ReadPassword(), Tls = config.Tls.LoadTrust() };
        _peers = new PeerChannels(config.Peers, options);
        string address = config.Replicator.LocalAddress;
        _node = new NodeSession(config, new RpcChannel(config.Rpc.LocalAddress, options), _board, address, loggers.CreateLogger<NodeSession>());
    }

    /// <summary>Where peers reach it. Valid once <see cref="Started"/> is done.</summary>
    public IPEndPoint Bound => _rpc?.Bound ?? new IPEndPoint(IPAddress.None, 0);

    /// <summary>Done when the replicator is attached to its node and listens.</summary>
    public Task Started => _started.Task;

    public ReplicatorService? Service { get; private set; }

    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Runs until <see cref="StopAsync"/>, or until it is fenced or can't go on.</summary>
    /// <exception cref="FencedException">A newer replicator holds the node.</exception>
    public async Task RunAsync()
    {
        CancellationToken cancel = _stop.Token;
        Directory.CreateDirectory(_config.ReplicatorDirectory);
        _node.OnAttached = OnAttached;
        Task watching = _node.RunAsync(cancel);
        try
        {
            AttachReply attached = await await Task.WhenAny(_node.FirstAttachAsync(cancel), Failed<AttachReply>(watching));
            var tasks = new List<Task> { watching };
            tasks.AddRange(await StartAsync(attached, cancel));
            _started.TrySetResult();
            await await Task.WhenAny(tasks);
        }
        catch (Exception e) when (cancel.IsCancellationRequested && e is OperationCanceledException or RpcException or IOException)
        {
            // Asked to stop.
        }
        catch (Exception e)
        {
            _started.TrySetException(e);
            throw;
        }
        finally
        {
            await _stop.CancelAsync();
            _started.TrySetCanceled(CancellationToken.None);
        }
    }

    public Task StopAsync() => _stop.CancelAsync();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        if (_rpc is not null)
            await _rpc.DisposeAsync();
        if (_transport is not null)
            await _transport.DisposeAsync();
        foreach (OriginPipeline pipeline in _pipelines)
            pipeline.Dispose();
        _tail?.Dispose();
        _peers.Dispose();
        _node.Dispose();
        _restarted.Dispose();
        _stop.Dispose();
    }

    private static async Task<T> Failed<T>(Task watching)
    {
        await watching;
        throw new InvariantException("the node's watch ended without a reason");
    }

    private async Task<List<Task>> StartAsync(AttachReply attached, CancellationToken cancel)
    {
        NodeIdentity identity = attached.Identity;
        if (identity.Partitions != _config.Partitions)
            throw new EnvironmentException($"partitions: the node has {identity.Partitions}, the configuration says {_config.Partitions}", ExitCodes.Usage);
        var partitions = new Partitions(_config.Partitions);
        var ship = new ShipperOptions(
            identity.BinlogDirectory, _config.RegionId, identity.Generation, partitions, _config.Replication.MessageBytes, _config.Replication.Compress);
        var index = new LogIndex(identity.BinlogDirectory, partitions);
        _tail = new LogTail(identity.BinlogDirectory, _config.Transport);
        var counters = new ShipCounters();
        _transport = _makeTransport(new TransportParts(_config, ship, index, _tail, _node, counters, _alarms, _peers, _loggers));
        var histories = new HistoryBook(Path.Combine(_config.ReplicatorDirectory, "histories"));
        var services = new PipelineServices(_config, _node, _board, histories, _alarms, _transport, _peers, identity.Generation, _time, _loggers);
        var switches = new LinkSwitches(Path.Combine(_config.ReplicatorDirectory, "paused"));
        foreach (byte origin in Origins())
            _pipelines.Add(new OriginPipeline(origin, services) { Paused = switches.IsPaused(origin) });
        var retention = new Retention(_config, _node, _board, index, _tail, _transport, _alarms, _pipelines);
        var takeBack = new TakeBack(services, _loggers.CreateLogger<TakeBack>());
        var pull = new PullServer(ship, index, _tail, _node, counters, () => _ready ? _node.Attached?.Identity : null);
        Service = new ReplicatorService(services, ship, index, _tail, pull, counters, retention, switches, takeBack, _pipelines);
        LogTail tail = _tail;
        _node.OnSample = sample =>
        {
            retention.OnSample(sample);
            tail.Wake();
        };

        var rpc = new RpcServices();
        Service.Register(rpc);
        _rpc = new RpcServer(
            new RpcServerOptions { Listen = _config.Replicator.ToEndPoint(), Password = _config.ReadPassword(), Certificate = _config.Tls.LoadCertificate(), Loggers = _loggers },
            rpc);
        await _rpc.StartAsync(cancel);
        LogListening(_rpc.Bound, _transport.Name);
        var tasks = new List<Task> { _transport.ShipAsync(cancel), retention.RunAsync(cancel), TakeBackAsync(takeBack, cancel) };
        tasks.AddRange(_pipelines.Select(p => p.RunAsync(cancel)));
        return tasks;
    }

    /// <summary>Peers, and regions that are none any more but whose changes others still have.</summary>
    private SortedSet<byte> Origins()
    {
        var origins = new SortedSet<byte>(_config.Peers.Select(p => p.Id));
        origins.UnionWith(_board.Origins());
        origins.Remove(_config.RegionId);
        origins.Remove(0);
        return origins;
    }

    private void OnAttached(AttachReply attached)
    {
        if (!attached.Writable)
        {
            _ready = false;
            if (_restarted.CurrentCount == 0)
                _restarted.Release();
        }
        else
        {
            _ready = true;
        }
    }

    /// <summary>Whenever the node was started and does not take writes yet.</summary>
    private async Task TakeBackAsync(TakeBack takeBack, CancellationToken cancel)
    {
        while (true)
        {
            await _restarted.WaitAsync(cancel);
            if (_node.Attached is not { Writable: false } attached)
                continue;
            try
            {
                await takeBack.RunAsync(attached, cancel);
            }
            catch (Exception e) when (e is RpcException or IOException or HttpRequestException && !cancel.IsCancellationRequested)
            {
                if (e is RpcException rpc)
                    NodeSession.ThrowIfFenced(rpc);
                LogTakeBackFailed(e.Message);
                await Task.Delay(NewOriginPoll, cancel);
                if (_restarted.CurrentCount == 0)
                    _restarted.Release();
            }
        }
    }

    private static ITransport Transport(TransportParts parts) => parts.Config.Transport switch
    {
        TransportKind.Direct => new DirectTransport(parts.Config.ClusterId, parts.Config.RegionId, parts.Config.Partitions, parts.Peers),
        TransportKind.Kafka => new KafkaTransport(parts),
        var other => throw new InvariantException($"transport {other}"),
    };

    [LoggerMessage(Level = LogLevel.Information, Message = "listening on {EndPoint}, transport {Transport}")]
    private partial void LogListening(IPEndPoint endPoint, string transport);

    [LoggerMessage(Level = LogLevel.Warning, Message = "taking back was interrupted: {Reason}; it begins again")]
    private partial void LogTakeBackFailed(string reason);
}
