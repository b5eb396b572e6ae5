using Google.Protobuf;
using Microsoft.Extensions.Logging;
using MultiCloudKv.Foundation;
using MultiCloudKv.Rpc;
using MultiCloudKv.Rpc.Configuration;
using MultiCloudKv.Rpc.Messages;

namespace MultiCloudKv.Replicator.Progress;

/// <summary>
/// This replicator's standing with its node: attaches, holds the epoch, watches the node's own frontier, and attaches
/// again when the node was away. A refusal because of a newer replicator is final.
/// </summary>
/// <remarks>Thread-safe. One loop watches (<see cref="RunAsync"/>); any number of pipelines refresh the cursors.</remarks>
public sealed partial class NodeSession : IDisposable
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);
    private readonly NodeConfig _config;
    private readonly CursorBoard _cursors;
    private readonly ILogger _log;
    private readonly string _replicatorAddress;
    private readonly SemaphoreSlim _attaching = new(1, 1);
    private readonly string _id = Guid.NewGuid().ToString("N");
    private readonly TaskCompletionSource<AttachReply> _attached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ulong _epoch;
    private long _version;
    private bool _complained;

    public NodeSession(NodeConfig config, RpcChannel channel, CursorBoard cursors, string replicatorAddress, ILogger<NodeSession> log)
    {
        _config = config;
        Channel = channel;
        _cursors = cursors;
        _replicatorAddress = replicatorAddress;
        _log = log;
    }

    public RpcChannel Channel { get; }

    public ulong Epoch => Volatile.Read(ref _epoch);

    /// <summary>The node's last answer to an attach; null before the first.</summary>
    public AttachReply? Attached { get; private set; }

    /// <summary>The newest sample of the node's frontier; null before the first.</summary>
    public NodeSample? Sample { get; private set; }

    /// <summary>Called with each new sample, on the watching loop.</summary>
    public Action<NodeSample>? OnSample { get; set; }

    /// <summary>Called after each attach: the node may have been started again.</summary>
    public Action<AttachReply>? OnAttached { get; set; }

    public Task<AttachReply> FirstAttachAsync(CancellationToken cancel) => _attached.Task.WaitAsync(cancel);

    /// <summary>Watches the node until cancelled, attaching again as often as it takes.</summary>
    /// <exception cref="FencedException">A newer replicator holds the node.</exception>
    public async Task RunAsync(CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                await AttachAsync(cancel);
                await WatchAsync(cancel);
            }
            catch (RpcException e) when (!cancel.IsCancellationRequested)
            {
                ThrowIfFenced(e);
                Complain(e.ToString());
                await Task.Delay(RetryDelay, cancel);
            }
        }
    }

    /// <summary>Attaches (again): the answer's cursors are the truth from which streams continue.</summary>
    /// <exception cref="FencedException">A newer replicator holds the node.</exception>
    /// <exception cref="RpcException">The node does not answer.</exception>
    public async Task<AttachReply> AttachAsync(CancellationToken cancel)
    {
        await _attaching.WaitAsync(cancel);
        try
        {
            var request = new AttachRequest
            {
                ClusterId = _config.ClusterId,
                Region = _config.RegionId,
                ReplicatorId = _id,
                EpochBefore = _epoch,
                ReplicatorAddress = _replicatorAddress,
            };
            AttachReply reply = await Channel.UnaryAsync(NodeMethods.Attach, request, CallTimeout, cancel);
            Volatile.Write(ref _epoch, reply.Epoch);
            _cursors.Load(reply.Cursors);
            Attached = reply;
            if (_complained || !_attached.Task.IsCompleted)
                LogAttached(reply.Identity.NodeId, reply.Epoch, reply.Writable);
            _complained = false;
            OnAttached?.Invoke(reply);
            _attached.TrySetResult(reply);
            return reply;
        }
        catch (RpcException e)
        {
            ThrowIfFenced(e);
            if (e.Status is RpcStatus.PermissionDenied or RpcStatus.Unauthenticated)
                throw new EnvironmentException("the node refuses this replicator: " + e.Message, ExitCodes.Usage);
            throw;
        }
        finally
        {
            _attaching.Release();
        }
    }

    /// <summary>A refusal that is final becomes the exception that ends the process.</summary>
    public static void ThrowIfFenced(RpcException e)
    {
        if (e.Status == RpcStatus.FailedPrecondition && e.Message.StartsWith("fenced", StringComparison.Ordinal))
            throw new FencedException(e.Message);
    }

    public void Dispose()
    {
        _attaching.Dispose();
        Channel.Dispose();
    }

    private async Task WatchAsync(CancellationToken cancel)
    {
        var request = new WatchRequest { Epoch = Epoch, IntervalMs = (uint)_config.Replication.HeartbeatInterval.TotalMilliseconds };
        await using RpcStream<WatchReply> stream = await Channel.StreamAsync(NodeMethods.Watch, request, null, cancel);
        while (await stream.Replies.ReadAsync(cancel) is { } reply)
        {
            Sample = ToSample(reply);
            OnSample?.Invoke(Sample);
        }
    }

    private NodeSample ToSample(WatchReply reply)
    {
        var applied = new List<StampVector>(reply.Applied.Count);
        foreach (ByteString bytes in reply.Applied)
        {
            var vector = new StampVector();
            var reader = new ByteReader(bytes.Span);
            vector.ReadFrom(ref reader);
            applied.Add(vector);
        }

        return new NodeSample(
            ++_version,
            reply.Frontier,
            reply.Position,
            reply.ClockMs,
            reply.Waiting,
            reply.Writable,
            PartitionCursor.ReadHistory(reply.HistoryId),
            Attached?.Identity.Incarnation ?? 0,
            [.. reply.Sequences],
            applied);
    }

    private void Complain(string reason)
    {
        if (!_complained)
            LogAway(Channel.Address, reason);
        _complained = true;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "attached to node {Node} with epoch {Epoch}, writable: {Writable}")]
    private partial void LogAttached(string node, ulong epoch, bool writable);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the node at {Address} does not answer: {Reason}; trying until it does")]
    private partial void LogAway(string address, string reason);
}
