using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Replicator.Transports.Kafka;

/// <summary>
/// Reads a region's topic: one consumer, one thread, partitions assigned by hand. Each of the topic's partitions
/// (<see cref="TopicLayout"/>) is read from the first place that is wanted of any of ours in it; of each of ours only what stands behind its own
/// place is wanted (<see cref="StartSearch"/>), so that each has the stream it would have alone.
/// </summary>
/// <remarks>
/// <para>One of ours that is far behind, because it waits for a resync, would make those that share its partition wait at each new session until
/// all that was passed over is read. It is left to a second reader (<see cref="Left"/>).</para>
/// <para>An offset that is not there any more (retention, another topic of the same name) is never answered by a silent move: the
/// partition is read from its beginning, and the sequences of the messages say whether something is missing.</para>
/// <para>Bundles are taken singly: a batch call with a time-out would wait for all of it.</para>
/// </remarks>
internal sealed partial class KafkaReader : IAsyncDisposable
{
    private const long FarBehind = 4 << 10;
    private const long NotRead = long.MaxValue;
    private static readonly TimeSpan ConsumeTimeout = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan DisposePatience = TimeSpan.FromSeconds(3);
    private readonly KafkaClients _clients;
    private readonly KafkaArrivals _arrivals;
    private readonly IReadOnlyList<FeedStart> _from;
    private readonly ReadPurpose _purpose;
    private readonly ILogger _log;
    private readonly Thread _thread;
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long[] _places;
    private long _lookAt;
    private volatile bool _stop;

    private KafkaReader(KafkaClients clients, string topic, IReadOnlyList<FeedStart> from, ReadPurpose purpose, KafkaArrivals arrivals, ILogger log)
    {
        _clients = clients;
        Topic = topic;
        _from = from;
        _purpose = purpose;
        _arrivals = arrivals;
        _places = new long[clients.Partitions];
        Array.Fill(_places, NotRead);
        _log = log;
        _thread = new Thread(Run) { IsBackground = true, Name = $"kafka-{clients.Region}" };
    }

    public string Topic { get; }

    public TopicLayout Layout { get; private set; }

    /// <summary>By the topic's partitions the end when it was opened, of those of which anything is to be read up to there.</summary>
    public IReadOnlyDictionary<int, long> Ends { get; private set; } = new Dictionary<int, long>();

    /// <summary>What this reader doesn't read, being far behind others in the same partition of the topic.</summary>
    public IReadOnlyList<FeedStart> Left { get; private set; } = [];

    /// <summary>Opens the topic and finds where to start.</summary>
    /// <exception cref="IOException">No broker answers, or the topic is not there or can't carry our partitions.</exception>
    public static async Task<KafkaReader> OpenAsync(
        KafkaClients clients, string topic, IReadOnlyList<FeedStart> from, ReadPurpose purpose, KafkaArrivals arrivals, ILogger log, CancellationToken cancel)
    {
        var reader = new KafkaReader(clients, topic, from, purpose, arrivals, log);
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

    /// <summary>Adds the messages of a bundle that are wanted. Returns what is wrong with one of the others; empty: nothing.</summary>
    /// <exception cref="IOException">One stands in another partition of the topic than its own.</exception>
    public string Read(ConsumeResult<Ignore, byte[]> result, List<ReceivedMessage> wanted)
    {
        string wrong = "";
        foreach (ReadOnlyMemory<byte> bytes in Bundle.Split(result.Message.Value))
        {
            bool ours = MessageHeader.TryPeekPartition(bytes.Span, out int partition) && partition < _places.Length;
            bool misplaced = ours && Layout.Of(partition) != result.Partition.Value;
            if (ours && !misplaced && result.Offset.Value < Volatile.Read(ref _places[partition]))
                continue;
            if (!ReceivedMessage.TryRead(bytes, result.Offset.Value + 1, out ReceivedMessage message, out string damage))
                wrong = damage;
            else if (misplaced)
                throw new IOException($"{Topic} at {_clients.Bootstrap} has {Layout.Kafka} partitions, but messages of partition {partition} in its {result.Partition.Value}: partitions were added to it; removed, it is made anew");
            else if (ours)
                wanted.Add(message);
            else
                wrong = $"a message of partition {partition}";
        }

        return wrong;
    }

    public async ValueTask DisposeAsync()
    {
        _stop = true;
        _arrivals.Close();
        await Task.WhenAny(_ended.Task, Task.Delay(DisposePatience));
    }

    private void Run()
    {
        try
        {
            using IConsumer<Ignore, byte[]> consumer = _clients.Consumer();
            Layout = AskLayout(consumer);
            _lookAt = Environment.TickCount64 + (long)TopicLayout.LookInterval.TotalMilliseconds;
            consumer.Assign(Places(consumer));
            _opened.TrySetResult();
            while (!_stop)
            {
                _arrivals.WaitForRoom();
                Consume(consumer);
                if (Environment.TickCount64 > _lookAt)
                    LookAgain(consumer);
            }
        }
        catch (Exception e)
        {
            LogEnded(Topic, e.Message);
            Exception told = e switch
            {
                KafkaException k => new IOException($"{Topic} at {_clients.Bootstrap}: {_clients.Reason(k)}", e),
                EnvironmentException => new IOException(e.Message, e),
                _ => e,
            };
            _opened.TrySetException(told);
            _arrivals.Fail(told);
        }
        finally
        {
            _ended.TrySetResult();
        }
    }

    /// <summary>The administrative client is not kept: while there is one, a thread of it takes a whole processor to look for answers.</summary>
    private TopicLayout AskLayout(IConsumer<Ignore, byte[]> consumer)
    {
        using IAdminClient admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        return TopicLayout.Ask(admin, Topic, _clients.Partitions, AskTimeout);
    }

    private List<TopicPartitionOffset> Places(IConsumer<Ignore, byte[]> consumer)
    {
        var search = new StartSearch(consumer, Topic, Layout, _purpose == ReadPurpose.TakeBack, () => _stop, _log);
        Dictionary<int, long> places = search.Find(_from);
        if (_purpose == ReadPurpose.Follow)
            Left = LeaveFar(places, search.Ends);
        foreach ((int partition, long place) in places)
            _places[partition] = place;
        bool whole = _purpose == ReadPurpose.TakeBack && search.IsPartlyEmpty;
        var read = places.GroupBy(p => Layout.Of(p.Key)).ToDictionary(g => g.Key, g => whole ? 0 : g.Min(p => p.Value));
        Ends = read.Where(r => search.Ends[r.Key] > r.Value).ToDictionary(r => r.Key, r => search.Ends[r.Key]);
        return [.. read.Select(r => new TopicPartitionOffset(Topic, r.Key, whole ? Offset.Beginning : r.Value))];
    }

    /// <summary>Gives up those far behind where others are not.</summary>
    private List<FeedStart> LeaveFar(Dictionary<int, long> places, Dictionary<int, long> ends)
    {
        HashSet<int> near = [.. places.Where(IsNear).Select(p => Layout.Of(p.Key))];
        HashSet<int> left = [.. places.Where(p => !IsNear(p) && near.Contains(Layout.Of(p.Key))).Select(p => p.Key)];
        foreach (int far in left)
            places.Remove(far);
        return [.. _from.Where(f => left.Contains(f.Partition))];

        bool IsNear(KeyValuePair<int, long> place) => ends[Layout.Of(place.Key)] - place.Value <= FarBehind;
    }

    private void Consume(IConsumer<Ignore, byte[]> consumer)
    {
        try
        {
            if (consumer.Consume(ConsumeTimeout) is { Message.Value: not null } result)
                _arrivals.Add(this, result);
        }
        catch (ConsumeException e) when (e.Error.Code is ErrorCode.Local_AutoOffsetReset or ErrorCode.OffsetOutOfRange)
        {
            TopicPartition partition = new(Topic, e.ConsumerRecord.Partition);
            LogOutOfRange(Topic, partition.Partition.Value, e.ConsumerRecord.Offset.Value);
            ForgetPlaces(partition.Partition.Value);
            consumer.IncrementalUnassign([partition]);
            consumer.IncrementalAssign([new TopicPartitionOffset(partition, Offset.Beginning)]);
        }
        catch (ConsumeException e) when (!e.Error.IsFatal && e.Error.Code is ErrorCode.Local_Transport or ErrorCode.Local_AllBrokersDown or ErrorCode.Local_TimedOut or ErrorCode.GroupAuthorizationFailed)
        {
            // The client connects again by itself; it asks for its group's coordinator too, and joins none.
        }
    }

    /// <summary>Offsets count anew, or from further on: all that comes is wanted.</summary>
    private void ForgetPlaces(int kafka)
    {
        for (int p = kafka; p < _places.Length; p += Layout.Kafka)
        {
            if (_places[p] != NotRead)
                Volatile.Write(ref _places[p], 0);
        }
    }

    /// <summary>Partitions that are added while this reads would carry what it doesn't see.</summary>
    private void LookAgain(IConsumer<Ignore, byte[]> consumer)
    {
        _lookAt = Environment.TickCount64 + (long)TopicLayout.LookInterval.TotalMilliseconds;
        try
        {
            TopicLayout now = AskLayout(consumer);
            if (now != Layout)
                throw new IOException($"{Topic} at {_clients.Bootstrap} had {Layout.Kafka} partitions and now has {now.Kafka}");
        }
        catch (KafkaException e) when (e.Error.Code != ErrorCode.InvalidPartitions)
        {
            // Brokers that don't answer now are asked again.
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "reading {Topic} ended: {Reason}")]
    private partial void LogEnded(string topic, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Topic} no longer holds offset {Offset} of its partition {Partition}: reading from its beginning; what is missing shows in the sequences")]
    private partial void LogOutOfRange(string topic, int partition, long offset);
}
