using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging.Abstractions;
using MultiCloudKv.Foundation;
using MultiCloudKv.Replicator.Tests.Support;
using MultiCloudKv.Replicator.Transports;
using MultiCloudKv.Replicator.Transports.Kafka;

namespace MultiCloudKv.Replicator.Tests.Kafka;

/// <summary>Where a reader begins, for each of the partitions that share one of the topic's; messages are heartbeats made here.</summary>
[Collection(KafkaBrokerCollection.Name)]
public sealed class KafkaReaderTests(KafkaBrokerFixture broker)
{
    private const int Messages = 40_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Open_OnePartitionFarBehindOthersThatShare_IsLeftToASecondReaderAndEachGetsItsOwnInOrder()
    {
        (KafkaClients clients, string topic) = await TopicAsync();
        FeedStart near = new(1, Messages / 2 - 100, HistoryId.None, 1), far = new(0, 5, HistoryId.None, 1, topic, 10);
        var arrivals = new KafkaArrivals();
        await using KafkaReader first = await KafkaReader.OpenAsync(clients, topic, [far, near], ReadPurpose.Follow, arrivals, NullLogger.Instance, default);
        Assert.Equal([far], first.Left);
        await using KafkaReader second = await KafkaReader.OpenAsync(clients, topic, first.Left, ReadPurpose.CatchUp, arrivals, NullLogger.Instance, default);
        Assert.Empty(second.Left);
        var seen = new Dictionary<int, List<ulong>> { [0] = [], [1] = [] };
        while (seen.Any(s => s.Value.LastOrDefault() < Messages / 2))
        {
            IReadOnlyList<KafkaArrival> arrived = await arrivals.TakeAsync(Patience, default);
            Assert.NotEmpty(arrived);
            foreach ((KafkaReader reader, ConsumeResult<Ignore, byte[]> result) in arrived)
            {
                if (reader.TryRead(result, out ReceivedMessage message, out string wrong))
                    seen[message.Header.Partition].Add(message.Header.Sequence);
                Assert.Equal("", wrong);
            }
        }

        Assert.True(seen[1][0] <= near.Sequence && seen[1][0] > near.Sequence - 1000, $"began at {seen[1][0]}");
        Assert.Equal(6UL, seen[0][0]);
        foreach (List<ulong> sequences in seen.Values)
            Assert.Equal(Enumerable.Range(0, sequences.Count).Select(i => sequences[0] + (ulong)i), sequences);
    }

    [Fact]
    public async Task Search_NothingOfAPartitionFarBack_StartsAtTheEndWhichItsHoleWillShow()
    {
        (KafkaClients clients, string topic) = await TopicAsync();
        FeedStart absent = new(2, 7, HistoryId.None, 1), middle = new(1, Messages * 3 / 8, HistoryId.None, 1), gone = new(0, 3, HistoryId.None, 1, topic, Messages + 1);
        using IConsumer<Ignore, byte[]> consumer = clients.Consumer();
        var search = new StartSearch(consumer, topic, new TopicLayout(1), own: false, () => false, NullLogger.Instance) { UnseenMax = 1024 };
        Dictionary<int, long> places = search.Find([absent, middle, gone]);
        Assert.Equal(Messages, places[2]);
        Assert.InRange(places[1], 1, (Messages * 3 / 4) - 1);
        Assert.Equal(0, places[0]);
    }

    [Fact]
    public async Task Open_TakingBackAPartitionTheTopicHasNothingOf_ReadsAllAndReachesTheEnd()
    {
        (KafkaClients clients, string topic) = await TopicAsync();
        var arrivals = new KafkaArrivals();
        FeedStart absent = new(2, 7, HistoryId.None, 1), atEnd = new(1, Messages / 2, HistoryId.None, 1);
        await using KafkaReader reader = await KafkaReader.OpenAsync(clients, topic, [atEnd, absent], ReadPurpose.TakeBack, arrivals, NullLogger.Instance, default);
        Assert.Equal(Messages, reader.Ends[0]);
        var tail = new OwnTail([atEnd, absent], reader.Ends);
        while (!tail.AtEnd)
        {
            foreach ((KafkaReader _, ConsumeResult<Ignore, byte[]> result) in await arrivals.TakeAsync(Patience, default))
                Assert.False(tail.Take(result.Partition.Value, result.Offset.Value + 1, reader.TryRead(result, out ReceivedMessage m, out _) ? m.Header : null));
        }

        Assert.Null(tail.Missing);
    }

    /// <summary>One partition that holds those of two, in turn, with sequences from 1 on.</summary>
    private async Task<(KafkaClients Clients, string Topic)> TopicAsync()
    {
        Assert.SkipWhen(broker.Bootstrap is null, KafkaBroker.Needs);
        await using var system = new TestSystem { Cluster = KafkaSystem.NewCluster() };
        system.A.ExtraConfig = KafkaSystem.Configuration(broker.Bootstrap!);
        var clients = new KafkaClients(system.A.Config(), "r1", NullLogger.Instance);
        string topic = KafkaSystem.TopicOf(system.Cluster, "r1");
        using (IAdminClient admin = KafkaSystem.Admin(broker.Bootstrap!))
            await admin.CreateTopicsAsync([new TopicSpecification { Name = topic, NumPartitions = 1, ReplicationFactor = 1 }]);
        using IProducer<Null, byte[]> producer = clients.Producer(_ => { });
        var to = new ByteWriter();
        for (int i = 0; i < Messages; i++)
        {
            to.Clear();
            ulong sequence = (ulong)(i / 2) + 1;
            new MessageHeader
            {
                Kind = MessageKind.Heartbeat,
                Origin = 1,
                Partition = i % 2,
                Generation = 1,
                Incarnation = 1,
                History = HistoryId.None,
                Sequence = sequence,
                Previous = sequence,
                FirstStamp = 1,
                LastStamp = 1,
                Chunks = 1,
            }.Write(to, []);
            producer.Produce(topic, new Message<Null, byte[]> { Value = to.Written.ToArray() });
        }

        Assert.Equal(0, producer.Flush(TimeSpan.FromSeconds(30)));
        return (clients, topic);
    }
}
