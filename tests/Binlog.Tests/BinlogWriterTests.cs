using MultiCloudKv.Foundation;

namespace MultiCloudKv.Binlog.Tests;

public class BinlogWriterTests
{
    public static TheoryData<AppendMode> Modes => [AppendMode.Mmap, AppendMode.Pwrite];

    [Theory]
    [MemberData(nameof(Modes))]
    public void Append_OfEveryKind_IsReadBackAsItWas(AppendMode mode)
    {
        using var log = new TestLog(mode);
        using BinlogWriter writer = log.Open();
        byte[] own = TestLog.OwnBody(5, 100, 7, out int[] offsets, groups: 3);
        var extensions = new ByteWriter();
        RecordExtensions.Write(extensions, RecordExtensions.CommandName, "SET"u8);
        RecordExtensions.Write(extensions, RecordExtensions.TraceId, new byte[16]);
        Assert.Equal(AppendStatus.Ok, writer.AppendOwn(own, offsets, extensions.Written, out Appended a));
        byte[] batch = TestLog.BatchBody(2, (100, 1), (200, 2));
        Assert.Equal(AppendStatus.Ok, writer.AppendBatch(RecordKind.RemoteBatch, 2, batch, 2, out Appended b));
        Assert.Equal(AppendStatus.Ok, writer.AppendMarker(MarkerKind.Writable, [9], out Appended c));
        Assert.Equal(a.End, b.Position);
        Assert.Equal(c.End, writer.Committed);

        using BinlogReader reader = BinlogReader.TryOpen(log.Dir)!;
        Assert.True(reader.TrySeek(a.Position));
        Assert.Equal(BinlogReadStatus.Record, reader.Read(out BinlogRecord r));
        Assert.Equal((RecordKind.Own, TestLog.Region, 3, 1u, a.Hlc, a.Position, a.End), (r.Kind, r.Origin, r.Count, r.Incarnation, r.Hlc, r.Position, r.End));
        Assert.Equal(own, r.Body.ToArray());
        Assert.Equal(writer.History, r.History);
        GroupReader groups = r.Groups;
        foreach (int slot in new[] { 5, 1029, 2053 })
        {
            Assert.True(groups.MoveNext());
            Assert.Equal(slot, groups.Current.Slot);
            Assert.Equal(1UL, groups.Current.Sequence);
        }

        Assert.False(groups.MoveNext());
        Assert.False(groups.Failed);
        var read = new RecordExtensions(r.Extensions);
        Assert.True(read.MoveNext());
        Assert.Equal(RecordExtensions.CommandName, read.Type);
        Assert.Equal("SET"u8.ToArray(), read.Value.ToArray());
        Assert.True(read.MoveNext());
        Assert.False(read.MoveNext());

        Assert.Equal(BinlogReadStatus.Record, reader.Read(out r));
        Assert.Equal((RecordKind.RemoteBatch, (byte)2, 2), (r.Kind, r.Origin, r.Count));
        RemoteBatch entries = RemoteBatch.Read(r.Body);
        Assert.Equal(("topic", 12L, 2UL), (entries.Cursor.Topic, entries.Cursor.TransportOffset, entries.Cursor.LastSequence));
        Assert.True(entries.MoveNext());
        Assert.Equal(100UL, entries.Hlc);
        Assert.True(entries.MoveNext());
        Assert.Equal(2UL, entries.Group.Sequence);
        Assert.False(entries.MoveNext());
        Assert.False(entries.Failed);
        Assert.Equal(BinlogReadStatus.Record, reader.Read(out r));
        Assert.Equal(MarkerKind.Writable, r.Marker);
        Assert.Equal(BinlogReadStatus.AtCommitted, reader.Read(out _));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Append_FromSeveralThreadsOverManySegments_RisesWithoutAHole(AppendMode mode)
    {
        const int Threads = 4;
        const int Each = 3000;
        using var log = new TestLog(mode);
        using BinlogWriter writer = log.Open();
        var results = new Appended[Threads][];
        var threads = new Thread[Threads];
        for (int t = 0; t < Threads; t++)
        {
            int id = t;
            results[t] = new Appended[Each];
            threads[t] = new Thread(() =>
            {
                for (int i = 0; i < Each; i++)
                    results[id][i] = TestLog.AppendOwn(writer, slot: i % 16384, opsLength: i % 300, fill: (byte)id, groups: 1 + (i % 3));
            });
            threads[t].Start();
        }

        foreach (Thread thread in threads)
            thread.Join();
        Assert.True(writer.Segments().Count > 10);
        using BinlogReader reader = BinlogReader.TryOpen(log.Dir, bufferBytes: 1000)!;
        Assert.True(reader.TrySeek(0));
        HashSet<long> appended = [.. results.SelectMany(r => r).Select(a => a.Position)];
        var sequences = new ulong[16];
        ulong lastHlc = 0;
        int seen = 0;
        while (reader.Read(out BinlogRecord r) == BinlogReadStatus.Record)
        {
            Assert.True(r.Hlc > lastHlc);
            lastHlc = r.Hlc;
            if (r.Kind != RecordKind.Own)
                continue;
            Assert.True(appended.Remove(r.Position));
            seen++;
            GroupReader groups = r.Groups;
            while (groups.MoveNext())
                Assert.Equal(++sequences[writer.Identity.Region == 1 ? groups.Current.Slot >> 10 : 0], groups.Current.Sequence);
        }

        Assert.Equal(Threads * Each, seen);
        Assert.Empty(appended);
    }

    [Fact]
    public void CloseEpoch_DuringAppends_CutsWhereTheEpochsOfTheRecordsSay()
    {
        using var log = new TestLog();
        using BinlogWriter writer = log.Open();
        var all = new List<Appended>();
        var done = new ManualResetEventSlim();
        var thread = new Thread(() =>
        {
            while (!done.IsSet || all.Count < 1000)
                all.Add(TestLog.AppendOwn(writer));
        });
        thread.Start();
        var cuts = new List<EpochCut>();
        for (int i = 0; i < 50; i++)
        {
            long before = writer.Committed;
            TestLog.WaitUntil(() => writer.Committed > before);
            cuts.Add(writer.CloseEpoch());
        }

        done.Set();
        thread.Join();
        foreach (EpochCut cut in cuts)
        {
            Assert.True(all.TrueForAll(a => a.Epoch <= cut.Epoch == a.End <= cut.Position && a.Epoch <= cut.Epoch == a.Hlc < cut.Hlc));
            Assert.Equal((ulong)all.Count(a => a.Epoch <= cut.Epoch), cut.Sequences[0]);
        }

        Assert.Equal((uint)cuts.Count + 1, writer.Epoch);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Append_LargerThanASegment_GetsASegmentOfItsSize(AppendMode mode)
    {
        using var log = new TestLog(mode);
        using BinlogWriter writer = log.Open();
        TestLog.AppendOwn(writer, fill: 1);
        Appended large = TestLog.AppendOwn(writer, opsLength: 300_000, fill: 2);
        Appended after = TestLog.AppendOwn(writer, fill: 3);
        using BinlogReader reader = BinlogReader.TryOpen(log.Dir, bufferBytes: 4096)!;
        Assert.True(reader.TrySeek(0));
        var positions = new List<long>();
        while (reader.Read(out BinlogRecord r) == BinlogReadStatus.Record)
            positions.Add(r.Position);
        Assert.Equal([large.Position, after.Position], positions[^2..]);
    }

    [Fact]
    public void Append_AboveTheLimit_IsRefused()
    {
        using var log = new TestLog();
        using BinlogWriter writer = log.Open();
        byte[] body = new byte[BinlogOptions.RecordBytesMax];
        Assert.Equal(AppendStatus.TooLarge, writer.AppendBatch(RecordKind.RemoteBatch, 2, body, 0, out _));
        Assert.Contains("larger", writer.Why(AppendStatus.TooLarge), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WaitDurable_ByManyAtOnce_SharesSyncs()
    {
        int syncs = 0;
        using var log = new TestLog(sync: SyncPolicy.Always);
        using BinlogWriter writer = log.Open(seams: new BinlogSeams
        {
            Sync = segment =>
            {
                Interlocked.Increment(ref syncs);
                Thread.Sleep(2);
                return segment.Sync();
            },
        });
        Task[] tasks = [.. Enumerable.Range(0, 16).Select(_ => Task.Run(async () =>
        {
            for (int i = 0; i < 20; i++)
            {
                Appended a = TestLog.AppendOwn(writer);
                await writer.WaitDurable(a.End);
                Assert.True(writer.Durable >= a.End);
            }
        }))];
        await Task.WhenAll(tasks).WaitAsync(TestLog.Patience);
        Assert.True(syncs < 320, $"{syncs} syncs for 320 waits");
    }

    [Fact]
    public void Sync_EverySecond_HappensUnasked()
    {
        using var log = new TestLog(sync: SyncPolicy.EverySecond);
        using BinlogWriter writer = log.Open();
        Appended a = TestLog.AppendOwn(writer);
        TestLog.WaitUntil(() => writer.Durable >= a.End);
    }

    [Fact]
    public void Sync_ThatFails_EndsAllWritesForGood()
    {
        bool failing = false;
        using var log = new TestLog();
        using BinlogWriter writer = log.Open(seams: new BinlogSeams { Sync = segment => failing ? 5 : segment.Sync() });
        TestLog.Sync(writer, TestLog.AppendOwn(writer).End);
        long durable = writer.Durable;
        failing = true;
        Appended lost = TestLog.AppendOwn(writer);
        AggregateException failure = Assert.Throws<AggregateException>(() => writer.WaitDurable(lost.End).AsTask().Wait(TestLog.Patience));
        Assert.Equal(ExitCodes.DataAtRisk, Assert.IsType<EnvironmentException>(failure.InnerException).ExitCode);
        failing = false;
        byte[] body = TestLog.OwnBody(1, 1, 1, out int[] offsets);
        Assert.Equal(AppendStatus.Failed, writer.AppendOwn(body, offsets, default, out _));
        Assert.Contains("fdatasync", writer.Why(AppendStatus.Failed), StringComparison.Ordinal);
        Assert.Contains("writes are stopped", writer.Failure, StringComparison.Ordinal);
        Assert.Throws<AggregateException>(() => writer.WaitDurable(lost.End).AsTask().Wait(TestLog.Patience));
        Assert.Equal(durable, writer.Durable);
    }

    [Fact]
    public void StartOfWriting_ThatFails_EndsAllWritesLikeAFailedSync()
    {
        using var log = new TestLog(sync: SyncPolicy.EverySecond);
        using BinlogWriter writer = log.Open(seams: new BinlogSeams { StartWriting = (_, _) => 5 });
        Appended a = TestLog.AppendOwn(writer);
        TestLog.WaitUntil(() => writer.Failure is not null);
        Assert.Contains("sync_file_range", writer.Failure, StringComparison.Ordinal);
        Assert.Equal(a.End, writer.Durable);
        byte[] body = TestLog.OwnBody(1, 1, 1, out int[] offsets);
        Assert.Equal(AppendStatus.Failed, writer.AppendOwn(body, offsets, default, out _));
        Assert.Throws<AggregateException>(() => writer.WaitDurable(a.End + 1).AsTask().Wait(TestLog.Patience));
    }

    [Theory]
    [InlineData(AppendMode.Mmap)]
    [InlineData(AppendMode.Pwrite)]
    public void Writing_StartedBetweenSyncsUnderLoad_LosesNothing(AppendMode mode)
    {
        int started = 0;
        using var log = new TestLog(mode, segmentBytes: 4 << 20, sync: SyncPolicy.EverySecond);
        List<long> ends = [];
        using (BinlogWriter writer = log.Open(seams: new BinlogSeams
        {
            StartWriting = (segment, offset) =>
            {
                Interlocked.Increment(ref started);
                return segment.StartWriting(offset);
            },
        }))
        {
            TestLog.WaitUntil(() =>
            {
                for (int i = 0; i < 2000; i++)
                    ends.Add(TestLog.AppendOwn(writer).End);
                return Volatile.Read(ref started) >= 5;
            });
        }

        using (log.Open())
            Assert.Equal(ends, log.Replayed.Select(record => record.End));
    }

    [Fact]
    public void S10_Append_OnAFullDisk_RefusesOwnWritesBeforeRemoteOnesAndResumes()
    {
        bool full = false;
        using var log = new TestLog();
        using BinlogWriter writer = log.Open(seams: new BinlogSeams { RefuseSpace = () => Volatile.Read(ref full) ? "No space left on device" : null });
        long first = writer.Segments()[^1].First;
        TestLog.AppendOwn(writer);
        Volatile.Write(ref full, true);
        byte[] own = TestLog.OwnBody(1, 1000, 1, out int[] offsets);
        byte[] remote = TestLog.BatchBody(2, (5, 1));
        AppendStatus status;
        while ((status = writer.AppendOwn(own, offsets, default, out _)) == AppendStatus.Ok)
        {
        }

        Assert.Equal(AppendStatus.DiskFull, status);
        Assert.Contains("No space left on device", writer.Why(status), StringComparison.Ordinal);
        SegmentInfo last = writer.Segments()[^1];
        Assert.True(last.First + TestLog.SegmentBytes - last.End >= log.Options.ReserveBytes);
        int taken = 0;
        while (writer.AppendBatch(RecordKind.RemoteBatch, 2, remote, 1, out _) == AppendStatus.Ok)
            taken++;
        Assert.True(taken > 20);
        Volatile.Write(ref full, false);
        TestLog.WaitUntil(() => writer.NoRoom is null);
        TestLog.AppendOwn(writer);
        Assert.True(writer.Segments()[^1].First > first);
    }

    [Fact]
    public void S10_Roll_WhenTheNextSegmentCannotBeNamed_RefusesUntilItCan()
    {
        using var log = new TestLog();
        using BinlogWriter writer = log.Open();
        byte[] own = TestLog.OwnBody(1, 1000, 1, out int[] offsets);
        string inTheWay;
        AppendStatus status;
        while (true)
        {
            inTheWay = SegmentNames.PathOf(log.Dir, writer.Committed);
            Directory.CreateDirectory(inTheWay);
            status = writer.AppendOwn(own, offsets, default, out _);
            if (status != AppendStatus.Ok)
                break;
            Directory.Delete(inTheWay);
        }

        Assert.Equal(AppendStatus.DiskFull, status);
        Assert.Contains("can't be begun", writer.Why(status), StringComparison.Ordinal);
        Assert.Null(writer.Failure);
        Directory.Delete(inTheWay);
        TestLog.WaitUntil(() => writer.AppendOwn(own, offsets, default, out _) == AppendStatus.Ok);
    }

    [Fact]
    public void DeleteSegmentsBefore_WithAnArchive_CopiesThemThereFirst()
    {
        using var log = new TestLog();
        string archive = log.Dir + "-archive";
        log.Options = log.Options with { ArchiveDirectory = archive };
        using BinlogWriter writer = log.Open();
        Appended last = default;
        for (int i = 0; i < 400; i++)
            last = TestLog.AppendOwn(writer, opsLength: 500);
        TestLog.Sync(writer, last.End);
        IReadOnlyList<SegmentInfo> before = writer.Segments();
        byte[] first = File.ReadAllBytes(SegmentNames.PathOf(log.Dir, before[0].First));
        writer.DeleteSegmentsBefore(before[1].End);
        Assert.Equal(2, SegmentNames.List(archive).Count);
        Assert.Equal(first, File.ReadAllBytes(SegmentNames.PathOf(archive, before[0].First)));
        Directory.Delete(archive, recursive: true);
        File.WriteAllText(archive, "in the way");
        Assert.Equal(0, writer.DeleteSegmentsBefore(before[2].End));
        Assert.NotNull(writer.ArchiveTrouble);
        Assert.Equal(before[2].First, writer.Segments()[0].First);
        File.Delete(archive);
    }

    [Fact]
    public void DeleteSegmentsBefore_APosition_DeletesWholeDurableSegmentsOnly()
    {
        using var log = new TestLog();
        using BinlogWriter writer = log.Open();
        var all = new List<Appended>();
        for (int i = 0; i < 1000; i++)
            all.Add(TestLog.AppendOwn(writer, opsLength: 500));
        IReadOnlyList<SegmentInfo> before = writer.Segments();
        Assert.True(before.Count > 5);
        for (int i = 1; i < before.Count; i++)
        {
            Assert.Equal(before[i - 1].End, before[i].First);
            Assert.True(before[i - 1].LastHlc < before[i].FirstHlc);
        }

        TestLog.Sync(writer, all[^1].End);
        using BinlogReader late = BinlogReader.TryOpen(log.Dir)!;
        Assert.True(late.TrySeek(0));
        Assert.True(writer.DeleteSegmentsBefore(before[3].End - 1) > 0);
        IReadOnlyList<SegmentInfo> after = writer.Segments();
        Assert.Equal(before[3].First, after[0].First);
        Assert.Equal(before[3].First, late.FirstRetained);
        Assert.Equal(after.Count, SegmentNames.List(log.Dir).Count);
        BinlogReadStatus status;
        while ((status = late.Read(out _)) == BinlogReadStatus.Record)
        {
        }

        Assert.Equal(BinlogReadStatus.Gone, status);
        Assert.False(late.TrySeek(0));
        Assert.True(late.TrySeek(before[3].First));
        writer.DeleteSegmentsBefore(long.MaxValue);
        Assert.Single(writer.Segments());
        writer.Dispose();
        Assert.Throws<EnvironmentException>(() => log.Open());
        using BinlogWriter again = log.Open(new RecoveryStart(all[^1].End, [(ulong)all.Count, .. new ulong[15]]));
        Assert.Empty(log.Replayed);
    }

    [Fact]
    public void AppendBatch_OfOwnChangesTakenBack_RaisesTheSequences()
    {
        using var log = new TestLog();
        using (BinlogWriter writer = log.Open())
        {
            TestLog.AppendOwn(writer, slot: 3);
            byte[] taken = TestLog.BatchBody(TestLog.Region, (50, 2), (60, 7));
            Assert.Equal(AppendStatus.Ok, writer.AppendBatch(RecordKind.TakenBack, TestLog.Region, taken, 2, out _));
            TestLog.AppendOwn(writer, slot: 3);
        }

        using BinlogWriter again = log.Open();
        Assert.Equal(8UL, log.LastRecovery!.Sequences[0]);
    }
}
