using MultiCloudKv.Foundation;
using MultiCloudKv.Replicator.Ship;
using MultiCloudKv.Replicator.Tests.Support;
using MultiCloudKv.Replicator.Transports;
using MultiCloudKv.Replicator.Transports.Kafka;

namespace MultiCloudKv.Replicator.Tests.Kafka;

/// <summary>Several messages in one of Kafka's.</summary>
public sealed class BundleTests
{
    private const int Partitions = 4;

    [Fact]
    public void Take_MessagesOfSeveralPartitions_SplitGivesThemUnchangedInOrder()
    {
        byte[][] messages = [Message(2, 10), Message(0, 0), Message(3, 1000)];
        var bundle = new Bundle(Partitions, 4096);
        Assert.All(messages, m => Assert.True(bundle.TryAdd(Out(m))));
        Assert.Equal(messages, Split(bundle.Take()));
        Assert.Empty(bundle.Take());
    }

    [Fact]
    public void TryAdd_APartitionTwice_BelongsIntoTheNext()
    {
        var bundle = new Bundle(Partitions, 4096);
        Assert.True(bundle.TryAdd(Out(Message(1, 10))));
        Assert.False(bundle.TryAdd(Out(Message(1, 10))));
        Assert.Single(Split(bundle.Take()));
        Assert.True(bundle.TryAdd(Out(Message(1, 10))));
    }

    [Theory]
    [InlineData(100, true)]
    [InlineData(101, false)]
    public void TryAdd_AtItsBound_TakesWhatFits(int second, bool fits)
    {
        var bundle = new Bundle(Partitions, (2 * MessageHeader.Length) + 200);
        Assert.True(bundle.TryAdd(Out(Message(0, 100))));
        Assert.Equal(fits, bundle.TryAdd(Out(Message(1, second))));
    }

    [Fact]
    public void TryAdd_LargerThanTheBound_TravelsAlone()
    {
        var bundle = new Bundle(Partitions, 100);
        Assert.True(bundle.TryAdd(Out(Message(0, 500))));
        Assert.False(bundle.TryAdd(Out(Message(1, 0))));
        Assert.Single(Split(bundle.Take()));
    }

    [Fact]
    public void Split_ALengthThatCantBe_IsOneDamagedMessageBehindTheGoodOnes()
    {
        byte[] good = Message(0, 30), bad = Message(1, 30), last = Message(2, 30);
        BitConverter.TryWriteBytes(bad.AsSpan(80), -5);
        List<byte[]> parts = Split([.. good, .. bad, .. last]);
        Assert.Equal(2, parts.Count);
        Assert.True(ReceivedMessage.TryRead(parts[0], 1, out _, out _));
        Assert.False(ReceivedMessage.TryRead(parts[1], 1, out _, out string wrong));
        Assert.NotEqual("", wrong);
    }

    [Fact]
    public void Split_AnyBytes_GivesAllOfThemInSomeParts()
    {
        var random = new Random(7);
        for (int i = 0; i < 2000; i++)
        {
            byte[] bundle = [.. Message(0, 40), .. Message(1, 40), .. Message(2, 40)];
            for (int flips = random.Next(4); flips >= 0; flips--)
                bundle[random.Next(bundle.Length)] = (byte)random.Next(256);
            byte[] cut = bundle[..random.Next(bundle.Length + 1)];
            Assert.Equal(cut, Split(cut).SelectMany(p => p));
        }
    }

    private static List<byte[]> Split(byte[] bundle) => [.. Bundle.Split(bundle).Select(m => m.ToArray())];

    private static OutMessage Out(byte[] message)
    {
        Assert.True(MessageHeader.TryPeekPartition(message, out int partition));
        return new OutMessage(partition, message, 1, 1);
    }

    private static byte[] Message(int partition, int payload)
    {
        var to = new ByteWriter();
        (TestHeaders.Of(MessageKind.Changes, partition, sequence: 1, previous: 0) with { PlainLength = payload }).Write(to, new byte[payload]);
        return to.Written.ToArray();
    }
}
