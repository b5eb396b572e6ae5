using Confluent.Kafka;
using MultiCloudKv.Foundation;
using MultiCloudKv.Replicator.Progress;
using MultiCloudKv.Replicator.Ship;

namespace MultiCloudKv.Replicator.Transports.Kafka;

/// <summary>
/// Hands the shipper's messages to one producer, in bundles (<see cref="Bundle"/>), and follows what Kafka confirms. What the shipper gives at once is
/// a round; a position is confirmed when its round and every one before it are.
/// </summary>
/// <remarks>
/// The first delivery that fails ends this sink and its producer (<see cref="Failed"/>): a producer that dropped one message
/// must not send the next. At most <see cref="BytesMax"/> and <see cref="RoundsMax"/> are on their way; at the bound the
/// shipper waits, and while brokers are away that is where it stands. What is committed meanwhile makes the next round, so a slow broker gets
/// fewer, larger requests instead of a queue of small ones. One shipper gives; confirmations come on the client's thread.
/// </remarks>
internal sealed class KafkaSink : IMessageSink, IDisposable
{
    private const long BytesMax = 32 << 20;

    /// <summary>One that the broker works on and one on its way there. With more the client reaches its own bound of requests, where it polls without a pause.</summary>
    private const int RoundsMax = 2;

    private static readonly TimeSpan QueueFullDelay = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan FlushPatience = TimeSpan.FromSeconds(2);
    private readonly Lock _lock = new();
    private readonly Queue<Round> _rounds = new();
    private readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IProducer<Null, byte[]> _producer;
    private readonly string _topic;
    private readonly TopicLayout _layout;
    private readonly Bundle[] _bundles;
    private readonly List<(int Kafka, byte[] Bytes)> _gathered = [];
    private readonly ShipProgress _progress;
    private readonly ShipCounters _counters;
    private readonly AlarmBook _alarms;
    private readonly FeedStart[] _given;
    private TaskCompletionSource? _room;
    private long _bytes;

    /// <param name="messageBytes">Largest payload of a message of the topic.</param>
    public KafkaSink(
        KafkaClients clients, string topic, TopicLayout layout, int messageBytes, IReadOnlyList<FeedStart> from, ShipProgress progress, ShipCounters counters, AlarmBook alarms)
    {
        _topic = topic;
        _layout = layout;
        _bundles = [.. Enumerable.Range(0, layout.Kafka).Select(_ => new Bundle(from.Count, MessageHeader.Length + messageBytes))];
        _progress = progress;
        _counters = counters;
        _alarms = alarms;
        _given = [.. from];
        _producer = clients.Producer(e =>
        {
            if (e.IsFatal)
                Fail(e);
        });
    }

    /// <summary>Faults with the first delivery that failed.</summary>
    public Task Failed => _failed.Task;

    /// <summary>Per partition the last change given to the producer.</summary>
    public IReadOnlyList<FeedStart> Given
    {
        get
        {
            lock (_lock)
                return [.. _given];
        }
    }

    /// <summary>Bytes not confirmed yet, and for how long the oldest has waited.</summary>
    public (long Bytes, TimeSpan Waiting) Outstanding
    {
        get
        {
            lock (_lock)
                return (_bytes, _rounds.TryPeek(out Round? oldest) ? TimeSpan.FromMilliseconds(Environment.TickCount64 - oldest.Began) : TimeSpan.Zero);
        }
    }

    /// <summary>The next shipper gives a partition from there again.</summary>
    public void Rewind(FeedStart start)
    {
        lock (_lock)
            _given[start.Partition] = start;
    }

    public async ValueTask SendAsync(IReadOnlyList<OutMessage> messages, long position, CancellationToken cancel)
    {
        await RoomAsync(cancel);
        Gather(messages);
        var round = new Round(this, position, _gathered.Count);
        lock (_lock)
        {
            _rounds.Enqueue(round);
            foreach (OutMessage message in messages)
            {
                _bytes += message.Bytes.Length;
                if (message.Changes == 0)
                    continue;
                (uint incarnation, HistoryId history) = MessageHeader.PeekPast(message.Bytes.Span);
                _given[message.Partition] = new FeedStart(message.Partition, message.LastSequence, history, incarnation);
                round.Ends.Add(_given[message.Partition]);
            }
        }

        foreach ((int kafka, byte[] bytes) in _gathered)
            await ProduceAsync(kafka, bytes, round);
        foreach (OutMessage message in messages)
            _counters.Add(message.Changes, message.Bytes.Length);
        _gathered.Clear();
    }

    public ValueTask RefuseAsync(FeedRefusal refusal, CancellationToken cancel)
    {
        _alarms.Raise($"shipping partition {refusal.Partition}", refusal.Reason.Replace("the receiver has it", "the topic has it", StringComparison.Ordinal));
        return default;
    }

    /// <summary>Once the shipper has stopped: waits a moment for what is on its way.</summary>
    public void Flush() => _producer.Flush(FlushPatience);

    public void Dispose()
    {
        _failed.TrySetCanceled();
        _producer.Dispose();
    }

    private bool HasRoom => _bytes < BytesMax && _rounds.Count < RoundsMax;

    private async ValueTask RoomAsync(CancellationToken cancel)
    {
        while (true)
        {
            Task room;
            lock (_lock)
            {
                if (_failed.Task.IsCompleted)
                    break;
                if (HasRoom)
                    return;
                _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                room = _room.Task;
            }

            await room.WaitAsync(cancel);
        }

        await _failed.Task;
    }

    /// <summary>Puts the messages of a round into bundles, those of a partition in their order.</summary>
    private void Gather(IReadOnlyList<OutMessage> messages)
    {
        foreach (OutMessage message in messages)
        {
            int kafka = _layout.Of(message.Partition);
            if (_bundles[kafka].TryAdd(message))
                continue;
            _gathered.Add((kafka, _bundles[kafka].Take()));
            _bundles[kafka].TryAdd(message);
        }

        for (int kafka = 0; kafka < _bundles.Length; kafka++)
        {
            if (_bundles[kafka].Take() is { Length: > 0 } last)
                _gathered.Add((kafka, last));
        }
    }

    /// <summary>Not cancelled half way: what was begun is given whole, so that what was given stays known.</summary>
    private async ValueTask ProduceAsync(int kafka, byte[] bytes, Round round)
    {
        while (true)
        {
            try
            {
                _producer.Produce(new TopicPartition(_topic, kafka), new Message<Null, byte[]> { Value = bytes }, report => round.Delivered(report.Error, bytes.Length));
                return;
            }
            catch (ProduceException<Null, byte[]> e) when (e.Error.Code == ErrorCode.Local_QueueFull && !_failed.Task.IsCompleted)
            {
                await Task.Delay(QueueFullDelay);
            }
            catch (KafkaException e)
            {
                Fail(e.Error);
                throw;
            }
        }
    }

    private void Fail(Error error)
    {
        _failed.TrySetException(new KafkaException(error));
        lock (_lock)
            _room?.TrySetResult();
    }

    private void OnDelivered(Round round, Error error, int bytes)
    {
        if (error.IsError)
        {
            Fail(error);
            return;
        }

        TaskCompletionSource? room = null;
        lock (_lock)
        {
            _bytes -= bytes;
            round.Pending--;
            while (_rounds.TryPeek(out Round? oldest) && oldest.Pending == 0)
            {
                _rounds.Dequeue();
                _progress.Confirm(oldest.Position, oldest.Ends);
            }

            if (HasRoom)
                (room, _room) = (_room, null);
        }

        room?.TrySetResult();
    }

    private sealed class Round(KafkaSink sink, long position, int pending)
    {
        public long Position { get; } = position;

        public int Pending { get; set; } = pending;

        public long Began { get; } = Environment.TickCount64;

        public List<FeedStart> Ends { get; } = [];

        public void Delivered(Error error, int bytes) => sink.OnDelivered(this, error, bytes);
    }
}
