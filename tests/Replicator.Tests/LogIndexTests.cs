using MultiCloudKv.Binlog;
using MultiCloudKv.Foundation;
using MultiCloudKv.Replicator.Ship;

namespace MultiCloudKv.Replicator.Tests;

public sealed class LogIndexTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("mckv-index-").FullName;
    private readonly Partitions _partitions = new(4);
    private readonly BinlogWriter _log;

    public LogIndexTests()
    {
        var options = new BinlogOptions
        {
            Directory = _directory,
            Identity = new BinlogIdentity("c", 1, 1, "n"),
            Partitions = _partitions,
            Sync = SyncPolicy.Always,
            SegmentBytes = 64 << 10,
            ReserveBytes = 8 << 10,
            PopulateAheadBytes = 16 << 10,
            WitnessDirectory = _directory,
        };
        using BinlogRecovery recovery = BinlogRecovery.Open(options);
        recovery.Replay(RecoveryStart.Beginning, (in BinlogRecord _) => { });
        _log = recovery.BeginWriting(new HybridClock(TimeProvider.System));
    }

    public void Dispose()
    {
        _log.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public void Locate_AnySequence_EverythingBehindItIsRead()
    {
        for (int i = 0; i < 2000; i++)
            Write(i % 4);
        var index = new LogIndex(_directory, _partitions);
        foreach (ulong after in new ulong[] { 0, 1, 7, 100, 250, 499 })
        {
            long position = index.Locate(1, 2, after)!.Value;
            Assert.Equal(after + 1, FirstAbove(position, 2, after));
        }
    }

    [Fact]
    public async Task Locate_LogGrowsAndOldSegmentsGo_IsFollowed()
    {
        for (int i = 0; i < 500; i++)
            Write(0);
        var index = new LogIndex(_directory, _partitions);
        Assert.NotNull(index.Locate(1, 0, 0));
        Assert.Null(index.Locate(1, 1, 0));
        for (int i = 0; i < 500; i++)
            Write(1);
        Assert.Equal(1UL, FirstAbove(index.Locate(1, 1, 0)!.Value, 1, 0));
        await _log.WaitDurable(_log.Committed);
        Assert.True(_log.DeleteSegmentsBefore(_log.Committed) > 0);
        Assert.Null(index.Locate(1, 0, 3));
        Assert.NotNull(index.Locate(1, 1, 499));
    }

    [Fact]
    public void PositionAt_ATime_EverythingUpToItLiesBelow()
    {
        ulong middle = 0;
        for (int i = 0; i < 1000; i++)
        {
            ulong hlc = Write(0);
            middle = i == 500 ? hlc : middle;
        }

        long position = new LogIndex(_directory, _partitions).PositionAt(middle);
        using BinlogReader reader = BinlogReader.TryOpen(_directory)!;
        Assert.True(reader.TrySeek(position));
        Assert.Equal(BinlogReadStatus.Record, reader.Read(out BinlogRecord record));
        Assert.True(record.Hlc <= middle);
    }

    [Fact]
    public async Task LocatePassed_BetweenMarks_TheChangeItselfAndAllBehindItAreRead()
    {
        var index = new LogIndex(_directory, _partitions);
        ulong[] sequences = new ulong[4];
        Assert.Null(index.LocatePassed(0, 1));
        for (int i = 0; i < 20_000; i++)
        {
            Write(i % 3);
            sequences[i % 3]++;
            if (i % 100 == 0)
                index.Pass(Session(), _log.Committed, p => p == 3 ? null : sequences[p]);
        }

        foreach (ulong after in new ulong[] { 1500, 3210, 6000 })
        {
            long position = index.LocatePassed(1, after)!.Value;
            Assert.True(position > 0);
            Assert.Equal(after, FirstAbove(position, 1, after - 1));
        }

        Assert.Null(index.LocatePassed(0, 1));
        Assert.Null(index.LocatePassed(3, 5));
        await _log.WaitDurable(_log.Committed);
        _log.DeleteSegmentsBefore(_log.Committed);
        Assert.Null(index.LocatePassed(1, 1500));
    }

    [Fact]
    public void LocatePassed_LogOpenedAnew_MarksOfTheOpeningBeforeAreForgotten()
    {
        var index = new LogIndex(_directory, _partitions);
        for (int i = 0; i < 10; i++)
            Write(0);
        index.Pass(Session(), 0, _ => 0);
        Assert.Equal(0, index.LocatePassed(0, 5));
        index.Pass(HistoryId.NewRandom(), 0, _ => 0);
        Assert.Null(index.LocatePassed(0, 5));
    }

    private HistoryId Session()
    {
        using BinlogReader reader = BinlogReader.TryOpen(_directory)!;
        return reader.Session;
    }

    private ulong Write(int partition)
    {
        var body = new ByteWriter();
        ChangeGroup.Write(body, (ushort)_partitions.FirstSlot(partition), 0, 0, new StampVector(), 1, new byte[200]);
        Assert.Equal(AppendStatus.Ok, _log.AppendOwn(body.Written.ToArray(), [0], default, out Appended appended));
        return appended.Hlc;
    }

    private ulong FirstAbove(long position, int partition, ulong after)
    {
        using BinlogReader reader = BinlogReader.TryOpen(_directory)!;
        Assert.True(reader.TrySeek(position));
        while (reader.Read(out BinlogRecord record) == BinlogReadStatus.Record)
        {
            if (record.Kind != RecordKind.Own)
                continue;
            foreach (ChangeGroup group in record.Groups)
            {
                if (_partitions.Of(group.Slot) == partition && group.Sequence > after)
                    return group.Sequence;
            }
        }

        return 0;
    }
}
