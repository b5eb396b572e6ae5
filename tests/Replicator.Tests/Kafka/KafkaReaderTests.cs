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
        var messages = new List<ReceivedMessage>();
        while (seen.Any(s => s.Value.LastOrDefault() < Messages / 2))
        {
            IReadOnlyList<KafkaArrival> arrived = await arrivals.TakeAsync(Patience, default);
            Assert.NotEmpty(arrived);
            foreach ((KafkaReader reader, ConsumeResult<Ignore, byte[]> result) in arrived)
            {
                messages.Clear();
                Assert.Equal("", reader.Read(result, messages));
                foreach (ReceivedMessage message in messages)
                    seen[message.Header.Partition].Add(message.Header.Sequence);
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
        var messages = new List<ReceivedMessage>();
        while (!tail.AtEnd)
        {
            foreach ((KafkaReader _, ConsumeResult<Ignore, byte[]> result) in await arrivals.TakeAsync(Patience, default))
            {
                messages.Clear();
                Assert.Equal("", reader.Read(result, messages));
                Assert.DoesNotContain(messages, m => tail.Take(m.Header));
                tail.Pass(result.Partition.Value, result.Offset.Value + 1);
            }
        }

        Assert.Null(tail.Missing);
    }

    /// <summary>Bundles of two partitions' messages, one of them damaged: the search looks into bundles, and each partition has the stream it would have alone.</summary>
    [Fact]
    public async Task Open_Bundles_EachPartitionBeginsWhereItsOwnAreWantedAndDamageCostsOneMessage()
    {
        const int bundles = 3000, damaged = 2990;
        (KafkaClients clients, string topic) = await TopicAsync(bundles, i =>
        {
            byte[] bundle = [.. Heartbeat(0, i + 1), .. Heartbeat(1, i + 1)];
            if (i == damaged)
                bundle[^1] ^= 1;
            return bundle;
        });
        FeedStart near = new(1, bundles - 100, HistoryId.None, 1), known = new(0, bundles - 20, HistoryId.None, 1, topic, bundles - 20);
        var arrivals = new KafkaArrivals();
        await using KafkaReader reader = await KafkaReader.OpenAsync(clients, topic, [near, known], ReadPurpose.Follow, arrivals, NullLogger.Instance, default);
        var messages = new List<ReceivedMessage>();
        var wrong = new List<string>();
        long next = 0;
        while (next < bundles)
        {
            IReadOnlyList<KafkaArrival> arrived = await arrivals.TakeAsync(Patience, default);
            Assert.NotEmpty(arrived);
            foreach ((KafkaReader _, ConsumeResult<Ignore, byte[]> result) in arrived)
            {
                wrong.Add(reader.Read(result, messages));
                next = result.Offset.Value + 1;
            }
        }

        Assert.Equal(["a message is damaged: its length or checksum is wrong"], wrong.Where(w => w.Length > 0));
        Assert.Equal(Enumerable.Range(bundles - 19, 20).Select(i => (ulong)i), Sequences(0));
        List<ulong> ofNear = Sequences(1);
        Assert.InRange(ofNear[0], 1UL, near.Sequence);
        Assert.Equal(Enumerable.Range((int)ofNear[0], bundles - (int)ofNear[0] + 1).Where(i => i != damaged + 1).Select(i => (ulong)i), ofNear);
        Assert.All(messages, m => Assert.Equal((long)m.Header.Sequence, m.Offset));

        List<ulong> Sequences(int partition) => [.. messages.Where(m => m.Header.Partition == partition).Select(m => m.Header.Sequence)];
    }

    /// <summary>One partition that holds those of two, in turn, with sequences from 1 on.</summary>
    private Task<(KafkaClients Clients, string Topic)> TopicAsync() => TopicAsync(Messages, i => Heartbeat(i % 2, (i / 2) + 1));

    private static byte[] Heartbeat(int partition, int sequence)
    {
        var to = new ByteWriter();
        TestHeaders.Of(MessageKind.Heartbeat, partition, (ulong)sequence, (ulong)sequence).Write(to, []);
        return to.Written.ToArray();
    }

    private async Task<(KafkaClients Clients, string Topic)> TopicAsync(int count, Func<int, byte[]> message)
    {
        Assert.SkipWhen(broker.Bootstrap is null, KafkaBroker.Needs);
        await using var system = new TestSystem { Cluster = KafkaSystem.NewCluster() };
        system.A.ExtraConfig = KafkaSystem.Configuration(broker.Bootstrap!);
        var clients = new KafkaClients(system.A.Config(), "r1", NullLogger.Instance);
        string topic = KafkaSystem.TopicOf(system.Cluster, "r1");
        using (IAdminClient admin = KafkaSystem.Admin(broker.Bootstrap!))
            await admin.CreateTopicsAsync([new TopicSpecification { Name = topic, NumPartitions = 1, ReplicationFactor = 1 }]);
        using IProducer<Null, byte[]> producer = clients.Producer(_ => { });
        for (int i = 0; i < count; i++)
            producer.Produce(topic, new Message<Null, byte[]> { Value = message(i) });
        Assert.Equal(0, producer.Flush(TimeSpan.FromSeconds(30)));
        return (clients, topic);
    }
}
