using MultiCloudKv.Foundation;
using MultiCloudKv.Replicator.Tests.Support;
using MultiCloudKv.Replicator.Transports;
using MultiCloudKv.Replicator.Transports.Kafka;

namespace MultiCloudKv.Replicator.Tests.Kafka;

/// <summary>What a node takes back from its own topic, several of its partitions in one of the topic's.</summary>
public sealed class OwnTailTests
{
    private static readonly FeedStart[] From = [Start(0, 10), Start(1, 20), Start(2, 0)];

    [Fact]
    public void Take_PartitionsInterleaved_EachContinuesItsOwn()
    {
        var tail = new OwnTail(From, new Dictionary<int, long> { [0] = 5 });
        Assert.False(tail.Take(Changes(0, 10, 9)));
        Assert.True(tail.Take(Changes(1, 22, 20)));
        Assert.True(tail.Take(Changes(0, 12, 10)));
        Assert.True(tail.Take(Changes(2, 1, 0)));
        tail.Pass(0, 4);
        Assert.False(tail.AtEnd);
        Assert.True(tail.Take(Changes(1, 23, 22)));
        tail.Pass(0, 5);
        Assert.True(tail.AtEnd);
        Assert.Null(tail.Missing);
    }

    [Fact]
    public void Take_TheLastMessageIsNotWanted_TheEndIsReachedAllTheSame()
    {
        var tail = new OwnTail(From, new Dictionary<int, long> { [0] = 7, [1] = 3 });
        tail.Pass(1, 3);
        Assert.False(tail.AtEnd);
        tail.Pass(0, 8);
        Assert.True(tail.AtEnd);
    }

    [Fact]
    public void Missing_OneOfThoseThatShareLeavesAHole_IsNamed()
    {
        var tail = new OwnTail(From, new Dictionary<int, long>());
        Assert.True(tail.Take(Changes(0, 11, 10)));
        Assert.False(tail.Take(Changes(1, 25, 24)));
        Assert.True(tail.Take(Changes(0, 12, 11)));
        Assert.Contains("partition 1 goes on after sequence 20, up to 25", tail.Missing, StringComparison.Ordinal);
    }

    private static FeedStart Start(int partition, ulong sequence) => new(partition, sequence, HistoryId.None, 1);

    private static MessageHeader Changes(int partition, ulong sequence, ulong previous) => TestHeaders.Of(MessageKind.Changes, partition, sequence, previous);
}
