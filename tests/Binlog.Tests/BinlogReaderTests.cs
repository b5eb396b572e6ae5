using MultiCloudKv.Foundation;

namespace MultiCloudKv.Binlog.Tests;

public class BinlogReaderTests
{
    [Fact]
    public void Read_WhileTheWriterAppends_SeesEveryRecordOnce()
    {
        const int Count = 20_000;
        using var log = new TestLog();
        using BinlogWriter writer = log.Open();
        using BinlogReader reader = BinlogReader.TryOpen(log.Dir)!;
        Assert.True(reader.TrySeek(writer.Committed));
        var thread = new Thread(() =>
        {
            for (int i = 0; i < Count; i++)
                TestLog.AppendOwn(writer, slot: 9, opsLength: i % 500);
        });
        thread.Start();
        ulong expected = 0;
        while (expected < Count)
        {
            if (reader.Read(out BinlogRecord r) != BinlogReadStatus.Record)
            {
                Assert.True(reader.WaitForCommitted(reader.Position, TestLog.Patience));
                continue;
            }

            GroupReader groups = r.Groups;
            Assert.True(groups.MoveNext());
            Assert.Equal(++expected, groups.Current.Sequence);
        }

        thread.Join();
        Assert.Equal(BinlogReadStatus.AtCommitted, reader.Read(out _));
        Assert.False(reader.WaitForCommitted(reader.Position, TimeSpan.FromMilliseconds(5)));
    }

    [Fact]
    public void Originated_OnlyOtherRegionsChangesFollow_StandsStill()
    {
        using var log = new TestLog();
        using BinlogWriter writer = log.Open();
        using BinlogReader reader = BinlogReader.TryOpen(log.Dir)!;
        TestLog.AppendOwn(writer, slot: 9, opsLength: 100);
        long own = writer.Committed;
        Assert.Equal(own, reader.Originated);
        Assert.Equal(AppendStatus.Ok, writer.AppendBatch(RecordKind.RemoteBatch, 2, TestLog.BatchBody(2, (1, 1)), 1, out _));
        Assert.True(reader.Committed > own);
        Assert.Equal(own, reader.Originated);
        TestLog.AppendOwn(writer, slot: 9, opsLength: 100);
        Assert.Equal(writer.Committed, reader.Originated);
    }

    [Fact]
    public void Read_AfterTheWriterCameBack_SaysReopenedAndGoesOnInTheSameHistory()
    {
        using var log = new TestLog();
        BinlogWriter writer = log.Open();
        TestLog.AppendOwn(writer);
        using BinlogReader reader = BinlogReader.TryOpen(log.Dir)!;
        Assert.True(reader.TrySeek(0));
        while (reader.Read(out _) == BinlogReadStatus.Record)
        {
        }

        Assert.True(reader.IsOpen);
        writer.Dispose();
        Assert.False(reader.IsOpen);
        using BinlogWriter again = log.Open();
        Appended a = TestLog.AppendOwn(again);
        Assert.Equal(BinlogReadStatus.Reopened, reader.Read(out _));
        Assert.Equal(again.History, reader.History);
        Assert.True(reader.TrySeek(reader.Position));
        Assert.Equal(BinlogReadStatus.Record, reader.Read(out BinlogRecord r));
        Assert.Equal(a.Position, r.Position);
    }

    /// <summary>Power goes before the first sync of a session: its segment is there, and none of its records.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void S23_Read_SegmentsThatLostAllTheirRecords_GoesOnWithTheNext(int losses)
    {
        using var log = new TestLog();
        for (int i = 0; i < losses; i++)
        {
            BinlogWriter lost = log.Open();
            TestLog.AppendOwn(lost);
            lost.Abandon();
            using FileStream segment = File.OpenWrite(SegmentNames.PathOf(log.Dir, SegmentNames.List(log.Dir)[^1]));
            segment.SetLength(SegmentHeader.Length);
        }

        using BinlogWriter writer = log.Open();
        Assert.Equal((HistoryOutcome.Broken, (long)losses * SegmentHeader.Length), (log.LastRecovery!.Outcome, log.LastRecovery.End));
        Appended kept = TestLog.AppendOwn(writer);
        using BinlogReader reader = BinlogReader.TryOpen(log.Dir)!;
        Assert.True(reader.TrySeek(0));
        var positions = new List<long>();
        while (reader.Read(out BinlogRecord r) == BinlogReadStatus.Record)
            positions.Add(r.Position);
        Assert.Equal((3, kept.Position, writer.Committed), (positions.Count, positions[^1], reader.Position));
    }

    [Fact]
    public void TryOpen_OfNoBinlog_IsNull() => Assert.Null(BinlogReader.TryOpen(Path.GetTempPath()));
}
