using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace MultiCloudKv.Replicator.Transports.Kafka;

/// <summary>
/// Reads a region's topic from given places on: one consumer, one thread, partitions assigned by hand.
/// </summary>
/// <remarks>
/// <para>Where to start: at the offset of the last change applied, where one is known for this topic and not far behind its end.
/// Otherwise the end is looked at, then ever larger steps back from it, until a message is found that is not ahead of what is
/// applied. Behind any message of a partition everything that follows it comes in order (<see cref="KafkaShipper"/>), so
/// any such place will do, and a partition that was quiet for a day is not read through for its heartbeats.</para>
/// <para>An offset that is not there any more (retention, another topic of the same name) is never answered by a silent move: the
/// partition is read from its beginning, and the sequences of the messages say whether something is missing.</para>
/// <para>Messages are taken singly: a batch call with a time-out would wait for all of it. What has arrived waits in a bounded list; while
/// it is full the thread takes no more and the client stops fetching.</para>
/// </remarks>
internal sealed partial class KafkaReader : IAsyncDisposable
{
    private const long BufferBytesMax = 4 << 20;
    private const int BufferMessagesMax = 16 << 10;
    private const long NearEnd = 2048;
    private const long FirstStep = 64;
    private const int StepFactor = 16;
    private static readonly TimeSpan ConsumeTimeout = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan DisposePatience = TimeSpan.FromSeconds(3);
    private readonly Lock _lock = new();
    private readonly KafkaClients _clients;
    private readonly IReadOnlyList<FeedStart> _from;
    private readonly ILogger _log;
    private readonly Thread _thread;
    private readonly ManualResetEventSlim _room = new(true);
    private readonly TaskCompletionSource<IReadOnlyDictionary<int, long>> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private List<ConsumeResult<Ignore, byte[]>> _arrived = [];
    private List<ConsumeResult<Ignore, byte[]>> _spare = [];
    private TaskCompletionSource _any = New();
    private long _bytes;
    private volatile bool _stop;

    private KafkaReader(KafkaClients clients, string topic, IReadOnlyList<FeedStart> from, ILogger log)
    {
        _clients = clients;
        Topic = topic;
        _from = from;
        _log = log;
        _thread = new Thread(Run) { IsBackground = true, Name = $"kafka-{clients.Region}" };
    }

    public string Topic { get; }

    /// <summary>Per partition the end of the topic when it was opened; 0: nothing was to be read.</summary>
    public IReadOnlyDictionary<int, long> Ends => _opened.Task.Result;

    /// <summary>Opens the topic and finds where to start.</summary>
    /// <exception cref="IOException">No broker answers, or the topic is not there.</exception>
    public static async Task<KafkaReader> OpenAsync(KafkaClients clients, string topic, IReadOnlyList<FeedStart> from, ILogger log, CancellationToken cancel)
    {
        var reader = new KafkaReader(clients, topic, from, log);
        reader._thread.Start();
        try
        {
            await reader._opened.Task.WaitAsync(cancel);
            return reader;
        }
        catch
        {
            await reader.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until something has arrived, and takes it all. The list is valid until the next call. Empty: nothing came in time.</summary>
    /// <exception cref="IOException">The topic can't be read on.</exception>
    public async ValueTask<IReadOnlyList<ConsumeResult<Ignore, byte[]>>> TakeAsync(TimeSpan patience, CancellationToken cancel)
    {
        while (true)
        {
            Task any;
            lock (_lock)
            {
                if (_arrived.Count > 0)
                {
                    _spare.Clear();
                    (_arrived, _spare) = (_spare, _arrived);
                    _bytes = 0;
                    _any = New();
                    _room.Set();
                    return _spare;
                }

                any = _any.Task;
            }

            try
            {
                await any.WaitAsync(patience, cancel);
            }
            catch (TimeoutException)
            {
                return [];
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _stop = true;
        _room.Set();
        await Task.WhenAny(_ended.Task, Task.Delay(DisposePatience));
        if (_ended.Task.IsCompleted)
            _room.Dispose();
    }

    private void Run()
    {
        try
        {
            using IConsumer<Ignore, byte[]> consumer = _clients.Consumer();
            Dictionary<int, long> ends = [];
            consumer.Assign(Places(consumer, ends));
            _opened.TrySetResult(ends);
            while (!_stop)
            {
                _room.Wait();
                Consume(consumer);
            }
        }
        catch (Exception e)
        {
            LogEnded(Topic, e.Message);
            Exception told = e is KafkaException k ? new IOException($"{Topic} at {_clients.Bootstrap}: {k.Error.Reason}", e) : e;
            _opened.TrySetException(told);
            lock (_lock)
                _any.TrySetException(told);
        }
        finally
        {
            _ended.TrySetResult();
        }
    }

    private void Consume(IConsumer<Ignore, byte[]> consumer)
    {
        try
        {
            if (consumer.Consume(ConsumeTimeout) is { Message.Value: not null } result)
                Arrived(result);
        }
        catch (ConsumeException e) when (e.Error.Code is ErrorCode.Local_AutoOffsetReset or ErrorCode.OffsetOutOfRange)
        {
            TopicPartition partition = new(Topic, e.ConsumerRecord.Partition);
            LogOutOfRange(Topic, partition.Partition.Value, e.ConsumerRecord.Offset.Value);
            consumer.IncrementalUnassign([partition]);
            consumer.IncrementalAssign([new TopicPartitionOffset(partition, Offset.Beginning)]);
        }
        catch (ConsumeException e) when (!e.Error.IsFatal && e.Error.Code is ErrorCode.Local_Transport or ErrorCode.Local_AllBrokersDown or ErrorCode.Local_TimedOut)
        {
            // The client connects again by itself.
        }
    }

    private void Arrived(ConsumeResult<Ignore, byte[]> result)
    {
        lock (_lock)
        {
            _arrived.Add(result);
            _bytes += result.Message.Value.Length;
            if (_bytes >= BufferBytesMax || _arrived.Count >= BufferMessagesMax)
                _room.Reset();
            if (_arrived.Count == 1)
                _any.TrySetResult();
        }
    }

    private List<TopicPartitionOffset> Places(IConsumer<Ignore, byte[]> consumer, Dictionary<int, long> ends)
    {
        var places = new List<TopicPartitionOffset>();
        var search = new List<(FeedStart Start, long Low, long End)>();
        foreach (FeedStart start in _from)
        {
            var partition = new TopicPartition(Topic, start.Partition);
            WatermarkOffsets marks = consumer.QueryWatermarkOffsets(partition, AskTimeout);
            long known = start.Topic == Topic ? start.Offset : -1;
            bool kept = known >= marks.Low.Value && known <= marks.High.Value;
            if (known >= 0 && !kept)
                LogOutOfRange(Topic, start.Partition, known);
            long low = kept ? known : marks.Low.Value;
            ends[start.Partition] = marks.High.Value > low ? marks.High.Value : 0;
            if ((kept && marks.High.Value - known <= NearEnd) || marks.High.Value <= low)
                places.Add(new TopicPartitionOffset(partition, low));
            else
                search.Add((start, low, marks.High.Value));
        }

        for (long step = 1; search.Count > 0 && !_stop; step = step == 1 ? FirstStep : step * StepFactor)
            search = Search(consumer, search, step, places);
        return places;
    }

    /// <summary>Looks at each partition one step back from its end. Returns those for which that is not far enough.</summary>
    private List<(FeedStart Start, long Low, long End)> Search(
        IConsumer<Ignore, byte[]> consumer, List<(FeedStart Start, long Low, long End)> search, long step, List<TopicPartitionOffset> places)
    {
        var further = new Dictionary<int, (FeedStart Start, long Low, long End)>();
        foreach ((FeedStart Start, long Low, long End) one in search)
        {
            if (one.End - step <= one.Low)
                places.Add(new TopicPartitionOffset(Topic, one.Start.Partition, one.Low));
            else
                further[one.Start.Partition] = one;
        }

        if (further.Count == 0)
            return [];
        consumer.Assign(further.Values.Select(o => new TopicPartitionOffset(Topic, o.Start.Partition, o.End - step)));
        var unseen = further.Keys.ToHashSet();
        long deadline = Environment.TickCount64 + (long)AskTimeout.TotalMilliseconds;
        while (unseen.Count > 0 && !_stop)
        {
            if (Environment.TickCount64 > deadline)
                throw new KafkaException(new Error(ErrorCode.Local_TimedOut, "nothing could be read"));
            if (consumer.Consume(ConsumeTimeout) is not { Message.Value: not null } result || !unseen.Remove(result.Partition.Value))
                continue;
            FeedStart start = further[result.Partition.Value].Start;
            if (!MessageHeader.TryRead(result.Message.Value, out MessageHeader header, out _) || !IsBehind(header, start))
                continue;
            places.Add(new TopicPartitionOffset(Topic, start.Partition, result.Offset));
            further.Remove(start.Partition);
        }

        return [.. further.Values];
    }

    /// <summary>A message that says nothing of what comes after what is applied.</summary>
    private static bool IsBehind(in MessageHeader header, FeedStart start) =>
        header.Incarnation < start.Incarnation || (header.Incarnation == start.Incarnation && header.Sequence <= start.Sequence);

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(Level = LogLevel.Debug, Message = "reading {Topic} ended: {Reason}")]
    private partial void LogEnded(string topic, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Topic} no longer holds offset {Offset} of partition {Partition}: reading from its beginning; what is missing shows in the sequences")]
    private partial void LogOutOfRange(string topic, int partition, long offset);
}
