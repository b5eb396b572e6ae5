using MultiCloudKv.Binlog;
using MultiCloudKv.Foundation;
using MultiCloudKv.Replicator.Apply;
using MultiCloudKv.Replicator.Progress;
using MultiCloudKv.Replicator.Transports;

namespace MultiCloudKv.Replicator.Tests;

/// <summary>The rules of order (invariant I4), one by one.</summary>
public sealed class PartitionOrderTests : IDisposable
{
    private const byte Origin = 2;
    private static readonly HistoryId First = new(1, 1);
    private static readonly HistoryId Second = new(2, 2);
    private static readonly HistoryId Stranger = new(3, 3);
    private readonly string _directory = Directory.CreateTempSubdirectory("mckv-order-").FullName;
    private readonly HistoryBook _histories;
    private readonly PartitionOrder _order;

    public PartitionOrderTests()
    {
        _histories = new HistoryBook(Path.Combine(_directory, "histories"));
        PartitionCursor cursor = PartitionCursor.None(Origin, 0) with { Sequence = 10, Stamp = 1000, Frontier = 999, History = First, Incarnation = 1, Generation = 1 };
        _order = new PartitionOrder(cursor, _histories, 1);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Next_Message_IsTakenWithItsCursor()
    {
        Assert.Equal(OrderVerdict.Taken, Accept(11, 13, First));
        Assert.Equal((13UL, 1013UL, 1012UL), (_order.Sequence, _order.Stamp, _order.Frontier));
        RemoteBatch batch = RemoteBatch.Read(_order.Seal().Span);
        Assert.Equal((13UL, First, 0), (batch.Cursor.LastSequence, batch.Cursor.History, batch.Cursor.Partition));
        for (ulong sequence = 11; batch.MoveNext(); sequence++)
            Assert.Equal((sequence, 1000 + sequence), (batch.Group.Sequence, batch.Hlc));
        Assert.Equal(3, _order.Batch.Count);
    }

    [Fact]
    public void Overlapping_Message_OnlyItsNewPartIsTaken()
    {
        Assert.Equal(OrderVerdict.Taken, Accept(8, 12, First));
        Assert.Equal(2, _order.Batch.Count);
    }

    [Fact]
    public void S6_OldMessage_IsADuplicate() => Assert.Equal(OrderVerdict.Duplicate, Accept(5, 10, First));

    [Fact]
    public void S26_MessageAfterALostOne_LeavesAHole()
    {
        Assert.Equal(OrderVerdict.Hole, Accept(12, 12, First));
        Assert.Equal(10UL, _order.Sequence);
    }

    [Fact]
    public void OldMessage_OfAnUnknownHistory_StopsThePartition() => Assert.Equal(OrderVerdict.Conflict, Accept(9, 10, Stranger));

    [Fact]
    public void OldMessage_OfAnEarlierKnownHistory_IsADuplicateAlsoAfterARestart()
    {
        Assert.Equal(OrderVerdict.Taken, Accept(11, 11, Second));
        Assert.Equal(OrderVerdict.Duplicate, Accept(9, 10, First));
        var again = new HistoryBook(Path.Combine(_directory, "histories"));
        Assert.True(again.Knows(Origin, First));
        Assert.True(again.Knows(Origin, Second));
        Assert.False(again.Knows(Origin, Stranger));
    }

    [Fact]
    public void AnotherHistory_ContinuingWithoutAGap_IsTaken() => Assert.Equal(OrderVerdict.Taken, Accept(11, 12, Second));

    [Fact]
    public void NewIncarnation_WithStampsBelowTheLast_StopsThePartition() =>
        Assert.Equal(OrderVerdict.Conflict, Accept(11, 11, Second, incarnation: 2, firstStamp: 900));

    [Fact]
    public void NewIncarnation_GoingOnBelowTheLast_IsTaken()
    {
        Assert.Equal(OrderVerdict.Taken, Accept(8, 9, Second, incarnation: 2, firstStamp: 2000));
        Assert.Equal((9UL, 2U), (_order.Sequence, _order.Incarnation));
    }

    [Fact]
    public void OlderIncarnation_Known_IsADuplicate()
    {
        Assert.Equal(OrderVerdict.Taken, Accept(11, 11, Second, incarnation: 2, firstStamp: 2000));
        Assert.Equal(OrderVerdict.Duplicate, Accept(11, 12, First, incarnation: 1));
        Assert.Equal(OrderVerdict.Conflict, Accept(11, 12, Stranger, incarnation: 1));
    }

    [Fact]
    public void EntryWithAStampBelowTheLast_StopsThePartition() =>
        Assert.Equal(OrderVerdict.Conflict, Accept(11, 11, First, firstStamp: 500));

    [Fact]
    public void AnotherGeneration_StopsThePartition()
    {
        ReceivedMessage message = Message(11, 11, First, 1, 1011);
        message = message with { Header = message.Header with { Generation = 2 } };
        Assert.Equal(OrderVerdict.Conflict, _order.Accept(message, "", out _));
    }

    [Fact]
    public void Heartbeat_BehindAllChanges_RaisesTheFrontier()
    {
        Assert.Equal(OrderVerdict.Taken, Heartbeat(10, 5000));
        Assert.Equal(5000UL, _order.Frontier);
    }

    [Fact]
    public void Heartbeat_WithAHigherSequence_ShowsTheHole() => Assert.Equal(OrderVerdict.Hole, Heartbeat(11, 5000));

    [Fact]
    public void Heartbeat_NewerButWithALowerSequence_ShowsThatTheOriginLostItsTail() => Assert.Equal(OrderVerdict.Conflict, Heartbeat(9, 5000));

    [Fact]
    public void Heartbeat_ReadAgainFromRightBeforeTheLastChange_IsADuplicateAlthoughNoStampLiesBetween()
    {
        Assert.Equal(OrderVerdict.Taken, Heartbeat(10, 4000));
        Assert.Equal(OrderVerdict.Taken, Accept(11, 11, First, firstStamp: 4001));
        Assert.Equal(OrderVerdict.Duplicate, Heartbeat(10, 4000));
        Assert.Equal(OrderVerdict.Conflict, Heartbeat(10, 4001));
    }

    [Fact]
    public void Heartbeat_Older_IsADuplicate() => Assert.Equal(OrderVerdict.Duplicate, Heartbeat(9, 900));

    private OrderVerdict Accept(ulong from, ulong to, HistoryId history, uint incarnation = 1, ulong firstStamp = 0)
    {
        ReceivedMessage message = Message(from, to, history, incarnation, firstStamp == 0 ? 1000 + from : firstStamp);
        return _order.Accept(message, "", out _);
    }

    private OrderVerdict Heartbeat(ulong sequence, ulong frontier) =>
        _order.AcceptHeartbeat(Header(sequence, sequence, First, 1, frontier, frontier) with { Kind = MessageKind.Heartbeat }, new HeartbeatBody(frontier, 0, false, new StampVector()), out _);

    private static ReceivedMessage Message(ulong from, ulong to, HistoryId history, uint incarnation, ulong firstStamp)
    {
        var entries = new ByteWriter();
        for (ulong sequence = from; sequence <= to; sequence++)
        {
            var group = new ByteWriter();
            ChangeGroup.Write(group, 5, sequence, 0, new StampVector(), Origin, "ops"u8);
            RemoteBatch.WriteEntry(entries, firstStamp + sequence - from, incarnation, group.Written);
        }

        MessageHeader header = Header(to, from - 1, history, incarnation, firstStamp, firstStamp + to - from) with { Entries = (uint)(to - from + 1), PlainLength = entries.Length };
        return new ReceivedMessage(header, entries.Written.ToArray(), -1);
    }

    private static MessageHeader Header(ulong sequence, ulong previous, HistoryId history, uint incarnation, ulong firstStamp, ulong lastStamp) => new()
    {
        Kind = MessageKind.Changes,
        Origin = Origin,
        Partition = 0,
        Generation = 1,
        Incarnation = incarnation,
        History = history,
        Sequence = sequence,
        Previous = previous,
        FirstStamp = firstStamp,
        LastStamp = lastStamp,
        Chunks = 1,
    };
}
