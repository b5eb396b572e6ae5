using Confluent.Kafka;
using MultiCloudKv.Replicator.Progress;
using MultiCloudKv.Rpc;
using MultiCloudKv.Rpc.Messages;

namespace MultiCloudKv.Replicator.Transports.Kafka;

/// <summary>
/// One origin's messages from its topic. What is missing is asked of the origin's replicator, which ships it into the same topic
/// again. A topic that brings not even a heartbeat ends the feed: the origin is away.
/// </summary>
internal sealed class KafkaFeed(KafkaReader reader, string origin, RpcChannel channel, ReshipRequest reship, TimeSpan silenceMax, AlarmBook alarms) : IOriginFeed
{
    private static readonly TimeSpan ReshipTimeout = TimeSpan.FromSeconds(5);
    private readonly List<ReceivedMessage> _messages = [];

    public IReadOnlyList<FeedRefusal> Refusals => [];

    public string Topic => reader.Topic;

    public bool Ended => false;

    public async ValueTask<IReadOnlyList<ReceivedMessage>> FetchAsync(CancellationToken cancel)
    {
        _messages.Clear();
        IReadOnlyList<ConsumeResult<Ignore, byte[]>> arrived = await reader.TakeAsync(silenceMax, cancel);
        if (arrived.Count == 0)
            throw new IOException($"nothing came from {Topic} for {silenceMax.TotalSeconds:F0} s, not even a heartbeat");
        foreach (ConsumeResult<Ignore, byte[]> result in arrived)
        {
            if (TryRead(result, out ReceivedMessage message, out string wrong))
                _messages.Add(message);
            else
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

    public ValueTask DisposeAsync() => reader.DisposeAsync();

    /// <summary>Checks a message that was read from a topic.</summary>
    public static bool TryRead(ConsumeResult<Ignore, byte[]> result, out ReceivedMessage message, out string wrong)
    {
        if (!ReceivedMessage.TryRead(result.Message.Value, result.Offset.Value + 1, out message, out wrong))
            return false;
        if (message.Header.Partition != result.Partition.Value)
            wrong = $"a message of partition {message.Header.Partition}";
        return wrong.Length == 0;
    }
}
