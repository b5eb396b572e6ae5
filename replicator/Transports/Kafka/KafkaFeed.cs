using Confluent.Kafka;
using MultiCloudKv.Replicator.Progress;
using MultiCloudKv.Rpc;
using MultiCloudKv.Rpc.Messages;

namespace MultiCloudKv.Replicator.Transports.Kafka;

/// <summary>
/// One origin's messages from its topic: by one reader, or by a second one too for partitions that are far behind others in the same partition of
/// the topic. What is missing is asked of the origin's replicator, which ships it into the same topic
/// again. A topic that brings not even a heartbeat ends the feed: the origin is away.
/// </summary>
internal sealed class KafkaFeed(KafkaArrivals arrivals, KafkaReader first, string origin, RpcChannel channel, ReshipRequest reship, TimeSpan silenceMax, AlarmBook alarms) : IOriginFeed
{
    private static readonly TimeSpan ReshipTimeout = TimeSpan.FromSeconds(5);
    private readonly List<KafkaReader> _readers = [first];
    private readonly List<ReceivedMessage> _messages = [];

    public IReadOnlyList<FeedRefusal> Refusals => [];

    public string Topic => first.Topic;

    public bool Ended => false;

    public async ValueTask<IReadOnlyList<ReceivedMessage>> FetchAsync(CancellationToken cancel)
    {
        _messages.Clear();
        IReadOnlyList<KafkaArrival> arrived = await arrivals.TakeAsync(silenceMax, cancel);
        if (arrived.Count == 0)
            throw new IOException($"nothing came from {Topic} for {silenceMax.TotalSeconds:F0} s, not even a heartbeat");
        foreach ((KafkaReader reader, ConsumeResult<Ignore, byte[]> result) in arrived)
        {
            if (reader.Read(result, _messages) is { Length: > 0 } wrong)
                alarms.Raise($"messages of {origin}", $"{Topic}, partition {result.Partition.Value}, offset {result.Offset.Value}: {wrong}; passed over, what it held is asked for again");
        }

        return _messages;
    }

    public async ValueTask<ReshipAnswer> ReshipAsync(int partition, ulong afterSequence, CancellationToken cancel)
    {
        ReshipRequest request = reship.Clone();
        request.Partition = (uint)partition;
        request.AfterSequence = afterSequence;
        ReshipReply reply = await channel.UnaryAsync(ReplicatorMethods.Reship, request, ReshipTimeout, cancel);
        return reply.Accepted ? ReshipAnswer.Continue : ReshipAnswer.Gone;
    }

    /// <summary>Another reader that gives into the same arrivals, of partitions which the first one left.</summary>
    public void Add(KafkaReader reader) => _readers.Add(reader);

    public async ValueTask DisposeAsync() => await Task.WhenAll(_readers.Select(r => r.DisposeAsync().AsTask()));
}
