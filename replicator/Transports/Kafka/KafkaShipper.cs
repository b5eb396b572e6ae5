using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using MultiCloudKv.Binlog;
using MultiCloudKv.Foundation;
using MultiCloudKv.Replicator.Progress;
using MultiCloudKv.Replicator.Ship;
using MultiCloudKv.Rpc.Messages;

namespace MultiCloudKv.Replicator.Transports.Kafka;

/// <summary>
/// Ships this region's changes into its topic, from the checkpoint on, for as long as the process lives.
/// </summary>
/// <remarks>
/// <list type="number">
/// <item>Nothing is shipped before the node takes writes: what it may have lost must be back first.</item>
/// <item>The topic is made or checked, a producer is opened, and a shipper starts behind what Kafka has confirmed.</item>
/// <item>A delivery that fails ends the producer; the next one starts at the checkpoint again. Receivers drop what they have by sequence.</item>
/// <item>A receiver that misses something asks (<see cref="ReshipAsync"/>): a new shipper takes over on the same producer, that partition from
/// where it was asked for, the others from where they are. So behind any message of a partition everything that follows it follows in order,
/// and one that reads from there misses nothing.</item>
/// <item>While brokers are away the shipper stands in the sink; the binlog keeps what comes, and an alarm says so.</item>
/// </list>
/// One loop ships, another writes the checkpoint each second; <see cref="ReshipAsync"/> may be called from anywhere.
/// </remarks>
internal sealed partial class KafkaShipper(TransportParts parts, KafkaTopic topic, KafkaClients clients, ShipProgress progress, ILogger log) : IDisposable
{
    private const string Subject = "kafka";
    private const string LostSubject = "shipping";
    private const double AlarmShare = 0.8;
    private static readonly TimeSpan SaveInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Stalled = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan RetryStart = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan RetryMax = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ReshipPause = TimeSpan.FromSeconds(1);
    private readonly Lock _lock = new();
    private readonly Dictionary<int, Reship> _reships = [];
    private readonly SemaphoreSlim _asked = new(0);
    private KafkaSink? _sink;

    /// <summary>
    /// What the node may drop of its binlog as far as shipping goes. Beyond the bound of the binlog it is no longer waited
    /// for: what is dropped then unshipped is a hole that every receiver sees.
    /// </summary>
    public long ConfirmedPosition
    {
        get
        {
            long bound = parts.Tail.Committed - parts.Config.Binlog.BytesMax;
            return Math.Max(progress.Saved, bound);
        }
    }

    /// <exception cref="EnvironmentException">The topic contradicts what this system needs, or the checkpoint can't be written.</exception>
    public async Task RunAsync(CancellationToken cancel)
    {
        Task saving = SaveAsync(cancel);
        Task shipping = ShipAsync(cancel);
        await await Task.WhenAny(saving, shipping);
        await Task.WhenAll(saving, shipping);
    }

    /// <summary>Ships a partition again behind a sequence. False: the binlog no longer holds what follows it.</summary>
    public async ValueTask<bool> ReshipAsync(int partition, ulong afterSequence, CancellationToken cancel)
    {
        if ((uint)partition >= (uint)parts.Ship.Partitions.Count)
            return false;
        OwnEnd end = EndOf(await parts.Node.AttachAsync(cancel), partition);
        if (end.Sequence <= afterSequence)
            return true;
        if (await Aside.RunAsync(() => parts.Index.Locate(parts.Ship.Region, partition, afterSequence)) is null)
            return false;
        lock (_lock)
        {
            if (_reships.TryGetValue(partition, out Reship? known) && known.After <= afterSequence && !IsOver(known, partition))
                return true;
            _reships[partition] = new Reship(afterSequence, end.Sequence);
        }

        LogReship(partition, afterSequence + 1, end.Sequence);
        _asked.Release();
        return true;
    }

    public void Dispose() => _asked.Dispose();

    private async Task ShipAsync(CancellationToken cancel)
    {
        TimeSpan retry = RetryStart;
        while (true)
        {
            long began = Environment.TickCount64;
            await WritableAsync(cancel);
            int messageBytes;
            TopicLayout layout;
            try
            {
                (messageBytes, layout) = await topic.EnsureAsync(cancel);
            }
            catch (KafkaException e)
            {
                Complain(e);
                await Task.Delay(retry, cancel);
                retry = Longer(retry);
                continue;
            }

            try
            {
                await ProduceAsync(parts.Ship with { MessageBytes = messageBytes }, layout, cancel);
            }
            catch (Exception e) when (e is KafkaException or EnvironmentException or IOException or Rpc.RpcException && !cancel.IsCancellationRequested)
            {
                if (e is Rpc.RpcException refused)
                    NodeSession.ThrowIfFenced(refused);
                Complain(e);
                if (Environment.TickCount64 - began > RetryMax.TotalMilliseconds * 2)
                    retry = RetryStart;
                await Task.Delay(retry, cancel);
                retry = Longer(retry);
            }
        }
    }

    /// <summary>The life of one producer.</summary>
    private async Task ProduceAsync(ShipperOptions options, TopicLayout layout, CancellationToken cancel)
    {
        await Aside.RunAsync(() => progress.ShipInto(layout.Kafka));
        using BinlogReader reader = BinlogReader.TryOpen(parts.Ship.BinlogDirectory) ?? throw new EnvironmentException($"no binlog in {parts.Ship.BinlogDirectory}");

        // The log's end before the node's own ends: what comes between the two is behind the position.
        long committed = reader.Committed;
        AttachReply attached = await parts.Node.AttachAsync(cancel);
        (List<FeedStart> starts, long position) = await Aside.RunAsync(() => Place(reader, committed, attached));
        using var sink = new KafkaSink(clients, topic.Name, layout, options.MessageBytes, starts, progress, parts.Counters, parts.Alarms);
        _sink = sink;
        try
        {
            while (true)
            {
                position = Rewind(sink, starts, position);
                using var shipper = new LogShipper(options, parts.Index, parts.Tail, WritableSample, starts, position);
                await RunShipperAsync(shipper, sink, cancel);
                starts = [.. sink.Given];
                position = shipper.Position;
            }
        }
        finally
        {
            _sink = null;
            if (cancel.IsCancellationRequested)
                await Task.Run(sink.Flush, CancellationToken.None);
        }
    }

    /// <summary>Until a receiver asks for something again, the producer fails, or the log can't be read.</summary>
    private async Task RunShipperAsync(LogShipper shipper, KafkaSink sink, CancellationToken cancel)
    {
        using var session = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Task run = shipper.RunAsync(sink, session.Token);
        Task asked = _asked.WaitAsync(session.Token);
        await Task.WhenAny(run, asked, sink.Failed);
        await session.CancelAsync();
        try
        {
            await run;
        }
        catch (OperationCanceledException)
        {
            // Ended here, to go on elsewhere.
        }

        cancel.ThrowIfCancellationRequested();
        if (sink.Failed.IsFaulted)
            await sink.Failed;
    }

    /// <summary>Where shipping goes on: behind what is confirmed, and for what the binlog no longer holds, behind that.</summary>
    private (List<FeedStart> Starts, long Position) Place(BinlogReader reader, long committed, AttachReply attached)
    {
        ShippedState state = progress.State;
        bool same = state.History == reader.History && state.Position >= reader.FirstRetained && state.Position <= committed;
        long position = same ? state.Position : committed;
        var starts = new List<FeedStart>();
        var lost = new List<string>();
        foreach (FeedStart confirmed in state.Ends)
        {
            OwnEnd end = EndOf(attached, confirmed.Partition);
            FeedStart start = confirmed;
            bool ahead = confirmed.Incarnation == end.Incarnation && confirmed.Sequence > end.Sequence;
            bool behind = !ahead && (confirmed.Incarnation, confirmed.Sequence).CompareTo((end.Incarnation, end.Sequence)) < 0 && end.Sequence > 0;
            if (ahead)
            {
                start = StartOf(end);
            }
            else if (behind && !same)
            {
                ulong after = confirmed.Incarnation == end.Incarnation || confirmed.Sequence == 0 ? confirmed.Sequence : 0;
                if (parts.Index.Locate(parts.Ship.Region, confirmed.Partition, after) is { } at)
                {
                    position = Math.Min(position, at);
                }
                else
                {
                    position = Math.Min(position, reader.FirstRetained);
                    if (parts.Index.Locate(parts.Ship.Region, confirmed.Partition, end.Sequence - 1) is null)
                        start = StartOf(end);
                    lost.Add($"{confirmed.Partition} after sequence {after}");
                }
            }

            starts.Add(start);
        }

        if (lost.Count > 0 && state.Position > 0)
            parts.Alarms.Raise(LostSubject, $"the binlog no longer holds what was not shipped of partition {string.Join(", ", lost)}: receivers that miss it need a resync");
        else
            parts.Alarms.Clear(LostSubject);
        progress.Continue(reader.History, position);
        return (starts, position);
    }

    /// <summary>Moves the start of every partition that was asked for again back to where it was asked for.</summary>
    private long Rewind(KafkaSink sink, List<FeedStart> starts, long position)
    {
        lock (_lock)
        {
            foreach ((int partition, Reship reship) in _reships.Where(r => r.Value.BeganAt is null))
            {
                if (parts.Index.Locate(parts.Ship.Region, partition, reship.After) is not { } at)
                    continue;
                reship.BeganAt = Environment.TickCount64;
                starts[partition] = new FeedStart(partition, reship.After, HistoryId.None, 0);
                sink.Rewind(starts[partition]);
                position = Math.Min(position, at);
            }
        }

        return position;
    }

    /// <summary>True when what was asked for is given, and whoever asks again has had time to see it.</summary>
    private bool IsOver(Reship reship, int partition) =>
        reship.BeganAt is { } began
        && Environment.TickCount64 - began > ReshipPause.TotalMilliseconds
        && (_sink is not { } sink || sink.Given[partition].Sequence >= reship.End);

    private async Task WritableAsync(CancellationToken cancel)
    {
        while (WritableSample() is null)
        {
            Task next = parts.Tail.Next;
            if (WritableSample() is null)
                await next.WaitAsync(cancel);
        }
    }

    /// <summary>A node that does not take writes yet may lack what the topic has: its heartbeats would say that it is lost.</summary>
    private NodeSample? WritableSample() => parts.Node is { Attached.Writable: true, Sample: { Writable: true } sample } ? sample : null;

    private async Task SaveAsync(CancellationToken cancel)
    {
        try
        {
            while (true)
            {
                await Task.Delay(SaveInterval, cancel);
                await Aside.RunAsync(progress.Save);
                Watch();
                if (topic.IsToBeRead)
                    await CheckAgainAsync(topic.EnsureAsync, cancel);
                if (_sink is not null && topic.IsToBeLookedAt)
                    await CheckAgainAsync(topic.LookAgainAsync, cancel);
            }
        }
        finally
        {
            await Aside.RunAsync(progress.Save);
        }
    }

    private async Task CheckAgainAsync(Func<CancellationToken, Task> check, CancellationToken cancel)
    {
        try
        {
            await check(cancel);
        }
        catch (KafkaException e)
        {
            LogUnchecked(topic.Name, e.Error.Reason);
        }
    }

    private void Watch()
    {
        long held = parts.Tail.Committed - progress.Saved;
        (long bytes, TimeSpan waiting) = _sink?.Outstanding ?? default;
        string held80 = held > AlarmShare * parts.Config.Binlog.BytesMax ? "; more than four fifths of binlog.max-bytes wait, and at the bound what is dropped needs a resync" : "";
        if (waiting > Stalled)
            parts.Alarms.Raise(Subject, $"the brokers of {clients.Region} at {clients.Bootstrap} confirm nothing; the binlog keeps what is not shipped{held80}");
        else if (held80.Length > 0)
            parts.Alarms.Raise(Subject, $"shipping to {clients.Bootstrap} is behind{held80}");
        else if (_sink is not null && (bytes == 0 || waiting < SaveInterval))
            parts.Alarms.Clear(Subject);
    }

    private void Complain(Exception e)
    {
        string reason = e is KafkaException k ? clients.Reason(k) : e.Message;
        parts.Alarms.Raise(Subject, $"nothing is shipped to the brokers of {clients.Region} at {clients.Bootstrap}: {reason}");
    }

    private static TimeSpan Longer(TimeSpan retry) => TimeSpan.FromMilliseconds(Math.Min(retry.TotalMilliseconds * 2, RetryMax.TotalMilliseconds));

    private static OwnEnd EndOf(AttachReply attached, int partition) =>
        attached.OwnEnds.FirstOrDefault(e => e.Partition == partition) ?? new OwnEnd { Partition = (uint)partition };

    private static FeedStart StartOf(OwnEnd end) =>
        new((int)end.Partition, end.Sequence, PartitionCursor.ReadHistory(end.HistoryId), end.Incarnation);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Topic} can't be checked: {Reason}")]
    private partial void LogUnchecked(string topic, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "a receiver misses changes of partition {Partition}: shipping {First} to {Last} again")]
    private partial void LogReship(int partition, ulong first, ulong last);

    private sealed class Reship(ulong after, ulong end)
    {
        public ulong After { get; } = after;

        public ulong End { get; } = end;

        /// <summary>When a shipper began with it; null before.</summary>
        public long? BeganAt { get; set; }
    }
}
