using Microsoft.Extensions.Logging;
using MultiCloudKv.Foundation;
using MultiCloudKv.Replicator.Progress;
using MultiCloudKv.Replicator.Transports;
using MultiCloudKv.Rpc;
using MultiCloudKv.Rpc.Messages;
using Polly;
using Polly.Retry;

namespace MultiCloudKv.Replicator.Apply;

/// <summary>
/// Everything that comes from one origin region: fetch → check → order per partition → batches to the node, several on their
/// way at once. Each origin has its own pipeline, so that a dead region holds up nobody else.
/// </summary>
/// <remarks>
/// <list type="number">
/// <item>A session begins from the node's own cursors and ends with whatever fails: the origin, the node, a hole. The next one
/// begins from the cursors again, so nothing need be remembered between sessions.</item>
/// <item>Between failed sessions it waits, longer each time, with jitter.</item>
/// <item>A session that can't reach the origin for longer than gap-wait asks the other peers for what they have of it.</item>
/// <item>A partition that contradicts what was applied stops, with an alarm; the others go on.</item>
/// </list>
/// One loop owns a session; acknowledgements arrive on another. <see cref="HoldAsync"/> may be called from anywhere.
/// </remarks>
public sealed partial class OriginPipeline : IDisposable
{
    private static readonly TimeSpan BackOffMax = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BackOffStart = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan GoodSession = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan DrainPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan DriftPoll = TimeSpan.FromMilliseconds(20);
    private readonly PipelineServices _services;
    private readonly PeerFill _fill;
    private readonly ResiliencePipeline _retry;
    private readonly ILogger _log;
    private readonly bool _isPeer;
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _holdChanged = new(0);
    private CancellationTokenSource? _attempt;
    private CancellationTokenSource? _session;
    private TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _holds;
    private bool _paused;
    private long _lastContact;
    private long? _streamingSince;
    private PartitionOrder?[] _orders = [];
    private SessionEndedException? _sessionFailure;

    public OriginPipeline(byte origin, PipelineServices services)
    {
        Origin = origin;
        Name = services.Config.NameOf(origin);
        _services = services;
        _isPeer = services.Peers.Of(origin) is not null;
        _fill = new PeerFill(services);
        _log = services.Loggers.CreateLogger<OriginPipeline>();
        Status = new LinkStatus(Name, _log, services.Time);
        _lastContact = services.Time.GetTimestamp();
        _retry = new ResiliencePipelineBuilder { TimeProvider = services.Time }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<SessionEndedException>(e => e.End != SessionEnd.Held),
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = BackOffStart,
                MaxDelay = BackOffMax,
                MaxRetryAttempts = int.MaxValue,
            })
            .Build();
    }

    public byte Origin { get; }

    public string Name { get; }

    public LinkStatus Status { get; }

    public OriginCounters Counters { get; } = new();

    /// <summary>Runs until cancelled.</summary>
    /// <exception cref="FencedException">A newer replicator holds the node.</exception>
    public async Task RunAsync(CancellationToken cancel)
    {
        try
        {
            while (true)
            {
                await WaitWhileHeldAsync(cancel);
                try
                {
                    await _retry.ExecuteAsync(async token => await AttemptAsync(token), cancel);
                }
                catch (SessionEndedException e) when (e.End == SessionEnd.Held)
                {
                    // Waits above until it is let go.
                }
            }
        }
        catch (FencedException e)
        {
            Status.Move(LinkState.Fenced, e.Message);
            throw;
        }
        finally
        {
            _idle.TrySetResult();
        }
    }

    public void Dispose() => _holdChanged.Dispose();

    public IReadOnlyList<PartitionStatus> Partitions()
    {
        var rows = new List<PartitionStatus>();
        foreach (PartitionOrder? order in _orders)
        {
            if (order is null)
                continue;
            PartitionCursor cursor = _services.Board.Of(Origin, order.Partition);
            rows.Add(new PartitionStatus
            {
                Partition = (uint)order.Partition,
                Sequence = cursor.Sequence,
                OriginSequence = Math.Max(order.OriginSequence, cursor.Sequence),
                Frontier = cursor.Frontier,
                State = order.Stopped is null ? Status.State : LinkState.NeedsResync,
                Reason = order.Stopped ?? "",
            });
        }

        return rows;
    }

    /// <summary>One session. One that streamed for a while ends normally, so that the waits begin anew; trying to connect for long is none.</summary>
    private async ValueTask AttemptAsync(CancellationToken cancel)
    {
        using var attempt = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using var session = CancellationTokenSource.CreateLinkedTokenSource(attempt.Token);
        lock (_lock)
        {
            if (_holds > 0 || _paused)
                throw new SessionEndedException(SessionEnd.Held, "held");
            _attempt = attempt;
            _session = session;
            _sessionFailure = null;
            _idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        _streamingSince = null;
        try
        {
            await SessionAsync(session, cancel);
        }
        catch (Exception e)
        {
            if (Translate(e, cancel) is not { } end)
                throw;
            if (end.End != SessionEnd.Held)
                Status.Move(LinkState.Connecting, end.Message);
            if (end.End == SessionEnd.OriginAway)
                await FillFromOthersAsync(attempt.Token);
            if (end.End == SessionEnd.Held || _streamingSince is not { } since || _services.Time.GetElapsedTime(since) < GoodSession)
                throw end;
        }
        finally
        {
            lock (_lock)
                _attempt = _session = null;
            _idle.TrySetResult();
        }
    }

    private SessionEndedException? Translate(Exception e, CancellationToken cancel)
    {
        if (cancel.IsCancellationRequested)
            return null;
        switch (e)
        {
            case SessionEndedException ended:
                return ended;
            case RpcException rpc:
                NodeSession.ThrowIfFenced(rpc);
                break;
            case not (OperationCanceledException or IOException or HttpRequestException):
                return null;
        }

        lock (_lock)
        {
            if (_sessionFailure is { } failure)
                return failure;
            if (_holds > 0 || _paused)
                return new SessionEndedException(SessionEnd.Held, "held", e);
        }

        return new SessionEndedException(SessionEnd.OriginAway, e is RpcException r ? r.ToString() : e.Message, e);
    }

    private async Task SessionAsync(CancellationTokenSource session, CancellationToken outer)
    {
        CancellationToken cancel = session.Token;
        await AttachAsync(cancel);
        _orders = BuildOrders();
        if (!_isPeer)
            throw new SessionEndedException(SessionEnd.OriginAway, "no peer of this region; taken from others");

        await using IOriginFeed feed = await _services.Transport.OpenAsync(Origin, [.. _orders.Select(o => o!.Start)], cancel);
        await using ApplyStream apply = await OpenApplyAsync(cancel);
        var intake = new Intake(Origin, _orders, apply, takenBack: false);
        Task acks = ReadAcksAsync(apply, session, outer);
        _streamingSince = _services.Time.GetTimestamp();
        Status.Move(LinkState.Streaming);
        try
        {
            await StreamAsync(feed, intake, cancel);
        }
        finally
        {
            await DrainAsync(apply, outer);
            await session.CancelAsync();
            await apply.DisposeAsync();
            await acks.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    private async Task StreamAsync(IOriginFeed feed, Intake intake, CancellationToken cancel)
    {
        int refusals = 0;
        while (true)
        {
            while (refusals < feed.Refusals.Count)
                Refuse(feed.Refusals[refusals++]);
            IReadOnlyList<ReceivedMessage> messages = await feed.FetchAsync(cancel);
            foreach (ReceivedMessage message in messages)
                await TakeAsync(message, feed, intake, cancel);
            await intake.FlushAsync(cancel);
            Counters.Duplicates += intake.TakeDuplicates();
            _lastContact = _services.Time.GetTimestamp();
            if (feed.Ended)
                throw new SessionEndedException(SessionEnd.OriginAway, "the origin ended the stream");
        }
    }

    private async ValueTask TakeAsync(ReceivedMessage message, IOriginFeed feed, Intake intake, CancellationToken cancel)
    {
        MessageHeader header = message.Header;
        if (header.Origin != Origin || intake.OrderOf(header.Partition) is not { } order)
            throw new SessionEndedException(SessionEnd.OriginAway, $"a message of origin {header.Origin}, partition {header.Partition} came in the stream of {Name}");
        if (order.Stopped is not null)
            return;
        await HoldForDriftAsync(header.LastStamp, intake, cancel);
        (OrderVerdict verdict, string why) = header.Kind switch
        {
            MessageKind.Changes => await intake.TakeAsync(message, feed.Topic, cancel),
            MessageKind.Heartbeat => Heartbeat(message, intake),
            MessageKind.GenerationEnd => (OrderVerdict.Conflict, "the origin has begun a new generation of partitions, which this version can't follow"),
            _ => (OrderVerdict.Conflict, $"a message of kind {(byte)header.Kind}"),
        };
        switch (verdict)
        {
            case OrderVerdict.Taken when order.AwaitsReship:
                order.AwaitsReship = false;
                Flow();
                break;
            case OrderVerdict.Hole:
                await ReshipAsync(order, header, feed, intake, cancel);
                break;
            case OrderVerdict.Conflict:
                Stop(order, why);
                break;
        }
    }

    private static (OrderVerdict Verdict, string Why) Heartbeat(in ReceivedMessage message, Intake intake) =>
        message.TryPlain(out ReadOnlyMemory<byte> plain) && HeartbeatBody.TryRead(plain.Span, out HeartbeatBody? body)
            ? intake.TakeHeartbeat(message.Header, body!)
            : (OrderVerdict.Conflict, "a heartbeat can't be read");

    /// <summary>A stamp too far ahead of this node's clock waits until it no longer is; what came before it is applied meanwhile.</summary>
    private async ValueTask HoldForDriftAsync(ulong stamp, Intake intake, CancellationToken cancel)
    {
        if (Ahead(stamp) <= _services.Config.Replication.MaxClockDrift)
            return;
        await intake.FlushAsync(cancel);
        string subject = $"clock of {Name}";
        while (Ahead(stamp) > _services.Config.Replication.MaxClockDrift)
        {
            string text = $"its stamps are {Ahead(stamp).TotalSeconds:F0} s ahead of this node's clock; its stream waits";
            Status.Move(LinkState.ClockDrift, text);
            _services.Alarms.Raise(subject, "its stamps are further ahead of this node's clock than max-clock-drift; its stream waits");
            await Task.Delay(DriftPoll, _services.Time, cancel);
        }

        _services.Alarms.Clear(subject);
        Flow();
    }

    /// <summary>Back to normal, or to needs-resync where a partition has stopped.</summary>
    private void Flow()
    {
        PartitionOrder? stopped = Array.Find(_orders, o => o?.Stopped is not null);
        Status.Move(stopped is null ? LinkState.Streaming : LinkState.NeedsResync, stopped is null ? "" : $"partition {stopped.Partition}: {stopped.Stopped}");
    }

    private TimeSpan Ahead(ulong stamp) =>
        TimeSpan.FromMilliseconds(HybridTime.PhysicalMs(stamp) - _services.Time.GetUtcNow().ToUnixTimeMilliseconds());

    private async ValueTask ReshipAsync(PartitionOrder order, MessageHeader header, IOriginFeed feed, Intake intake, CancellationToken cancel)
    {
        TimeSpan sinceAsked = _services.Time.GetElapsedTime(order.ReshipAskedAt);
        if (order.AwaitsReship && sinceAsked < BackOffMax)
            return;
        await intake.FlushAsync(cancel);
        order.AwaitsReship = true;
        order.ReshipAskedAt = _services.Time.GetTimestamp();
        Counters.Reships++;
        string reason = $"partition {order.Partition}: after sequence {order.Sequence} came {header.Sequence} (previous {header.Previous})";
        Status.Move(LinkState.GapReship, reason);
        LogHole(Name, reason);
        switch (await feed.ReshipAsync(order.Partition, order.Sequence, cancel))
        {
            case ReshipAnswer.Reopen:
                throw new SessionEndedException(SessionEnd.Reopen, reason);
            case ReshipAnswer.Gone:
                Stop(order, $"{reason}; the origin no longer has what is missing");
                break;
        }
    }

    private void Refuse(FeedRefusal refusal)
    {
        if (refusal.Partition < _orders.Length && _orders[refusal.Partition] is { } order)
            Stop(order, refusal.Reason);
    }

    private void Stop(PartitionOrder order, string why)
    {
        order.Stopped = why;
        _services.Alarms.Raise($"{Name} partition {order.Partition}", $"needs-resync: {why}");
        Status.Move(LinkState.NeedsResync, $"partition {order.Partition}: {why}");
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "a message from {Origin} is missing: {Reason}; asking for it again")]
    private partial void LogHole(string origin, string reason);
}
