using Confluent.Kafka;

namespace MultiCloudKv.Replicator.Transports.Kafka;

/// <summary>
/// Which partition of a topic carries which of ours: partition p travels in Kafka's p mod K, K being the number of partitions the
/// topic has. So several of ours share one of Kafka's, and a round of the shipper is K requests and not as many as we have partitions.
/// </summary>
/// <remarks>
/// <list type="number">
/// <item>K is the topic's own: whoever writes or reads asks the brokers for it, so that both have the same. <c>kafka.partitions</c>
/// only says with how many a missing topic is made. Each from 1 to the number of our partitions will do; with more some would stay empty.</item>
/// <item>The shipping checkpoint holds the K that was shipped with, on disk before the first message. Where the topic has more, partitions were
/// added to it: what was shipped stands elsewhere than where readers would look, and nothing is shipped. Such a topic is removed
/// and made anew; what receivers miss then comes from the binlog. A topic that the shipper makes itself, or that has fewer, is a new one.</item>
/// <item>While a producer or a consumer lives it keeps its K. Once a minute both look: the shipper raises an alarm, a reader begins anew.</item>
/// <item>A message that stands in another partition than its own shows that too: readers refuse the topic and a node takes back
/// nothing from it, rather than taking it for whole.</item>
/// </list>
/// </remarks>
internal readonly record struct TopicLayout(int Kafka)
{
    public static readonly TimeSpan LookInterval = TimeSpan.FromMinutes(1);

    public int Of(int partition) => partition % Kafka;

    /// <summary>Null: so many partitions can't carry ours.</summary>
    public static TopicLayout? For(int kafka, int ours) => kafka >= 1 && kafka <= ours ? new TopicLayout(kafka) : null;

    /// <summary>Asks the brokers.</summary>
    /// <exception cref="KafkaException">The topic is not there, can't carry our partitions, or no broker answers.</exception>
    public static TopicLayout Ask(IAdminClient admin, string topic, int ours, TimeSpan patience)
    {
        TopicMetadata metadata = admin.GetMetadata(topic, patience).Topics[0];
        if (metadata.Error.IsError)
            throw new KafkaException(metadata.Error);
        int count = metadata.Partitions.Count;
        return For(count, ours) ?? throw new KafkaException(new Error(ErrorCode.InvalidPartitions, $"it has {count} partitions, this system {ours}"));
    }
}
