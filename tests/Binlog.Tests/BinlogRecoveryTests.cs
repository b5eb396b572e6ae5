using MultiCloudKv.Foundation;

namespace MultiCloudKv.Binlog.Tests;

public class BinlogRecoveryTests
{
    [Fact]
    public void Open_AfterACleanClose_ContinuesTheHistory()
    {
        using var log = new TestLog();
        HistoryId history;
        long end;
        using (BinlogWriter writer = log.Open())
        {
            Assert.Equal(HistoryOutcome.New, log.LastRecovery!.Outcome);
            TestLog.AppendOwn(writer);
            history = writer.History;
            end = writer.Committed;
        }

        Assert.Empty(Directory.GetFiles(log.Options.WitnessDirectory));
        using BinlogWriter again = log.Open();
        Assert.Equal((HistoryOutcome.ContinuedAfterClose, history, end), (log.LastRecovery!.Outcome, again.History, log.LastRecovery.End));
        Assert.Single(log.Replayed);
    }

    [Fact]
    public void Open_AfterAKill_LosesNothingAndContinuesTheHistory()
    {
        using var log = new TestLog();
        BinlogWriter writer = log.Open();
        for (int i = 0; i < 500; i++)
            TestLog.AppendOwn(writer, opsLength: 400);
        HistoryId history = writer.History;
        writer.Abandon();
        using BinlogWriter again = log.Open();
        Assert.Equal(HistoryOutcome.ContinuedAfterKill, log.LastRecovery!.Outcome);
        Assert.Equal(history, again.History);
        Assert.Equal(500, log.Replayed.Count);
        Assert.Single(Directory.GetFiles(log.Options.WitnessDirectory));
        Appended a = TestLog.AppendOwn(again);
        Assert.True(a.Hlc > log.Replayed[^1].Hlc);
        Assert.Equal(501UL, again.CloseEpoch().Sequences[0]);
    }

    [Fact]
    public void S10_Open_AfterACloseThatCouldNotBeRecorded_LosesNothingAndContinuesTheHistory()
    {
        using var log = new TestLog();
        string inTheWay = Path.Combine(log.Dir, SegmentNames.History + ".new");
        BinlogWriter before = log.Open();
        TestLog.AppendOwn(before);
        Directory.CreateDirectory(inTheWay);
        before.Dispose();
        Directory.Delete(inTheWay);
        using BinlogWriter after = log.Open();
        Assert.Equal(HistoryOutcome.ContinuedAfterKill, log.LastRecovery!.Outcome);
        Assert.Equal(before.History, after.History);
        Assert.Single(log.Replayed);
    }

    [Fact]
    public void Open_WithoutTheWitness_BeginsANewHistory()
    {
        using var log = new TestLog();
        BinlogWriter writer = log.Open();
        TestLog.AppendOwn(writer);
        HistoryId history = writer.History;
        writer.Abandon();
        foreach (string witness in Directory.GetFiles(log.Options.WitnessDirectory))
            File.Delete(witness);
        using BinlogWriter again = log.Open();
        Assert.Equal(HistoryOutcome.Broken, log.LastRecovery!.Outcome);
        Assert.NotEqual(history, again.History);
        Assert.Equal([history, again.History], again.Histories.Select(h => h.Id));
        Assert.Equal(1UL, again.Histories[1].Sequences[0]);
        using BinlogReader reader = BinlogReader.TryOpen(log.Dir)!;
        Assert.True(reader.TrySeek(log.LastRecovery.End));
        Assert.Equal(BinlogReadStatus.Record, reader.Read(out BinlogRecord r));
        Assert.Equal(MarkerKind.History, r.Marker);
    }

    [Fact]
    public void Open_AfterAKillBeforeTheNewHistoryTookWrites_BeginsAnotherOne()
    {
        using var log = new TestLog();
        log.Open().Dispose();
        using TestLog copy = log.Copy();
        copy.Open(writable: false).Abandon();
        Assert.Equal(HistoryOutcome.Broken, copy.LastRecovery!.Outcome);
        copy.Open().Abandon();
        Assert.Equal(HistoryOutcome.Broken, copy.LastRecovery!.Outcome);
        copy.Open().Dispose();
        Assert.Equal(HistoryOutcome.ContinuedAfterKill, copy.LastRecovery!.Outcome);
    }

    [Fact]
    public void S15_Open_OfACopiedDirectory_BeginsANewHistory()
    {
        using var log = new TestLog();
        using (BinlogWriter writer = log.Open())
            TestLog.AppendOwn(writer);
        using TestLog copy = log.Copy();
        using BinlogWriter opened = copy.Open();
        Assert.Equal(HistoryOutcome.Broken, copy.LastRecovery!.Outcome);
    }

    [Fact]
    public void Open_ByASecondProcess_IsRefused()
    {
        using var log = new TestLog();
        using BinlogWriter writer = log.Open();
        Assert.Throws<EnvironmentException>(() => BinlogRecovery.Open(log.Options));
    }

    [Fact]
    public void Open_WithAnotherIdentity_IsRefused()
    {
        using var log = new TestLog();
        log.Open().Dispose();
        BinlogOptions other = log.Options with { Identity = log.Options.Identity with { Region = 9 } };
        EnvironmentException error = Assert.Throws<EnvironmentException>(() => BinlogRecovery.Open(other));
        Assert.Contains("belongs to", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Replay_FromACut_ShowsOnlyWhatIsBehindIt()
    {
        using var log = new TestLog();
        EpochCut cut;
        using (BinlogWriter writer = log.Open())
        {
            for (int i = 0; i < 300; i++)
                TestLog.AppendOwn(writer, opsLength: 400);
            cut = writer.CloseEpoch();
            for (int i = 0; i < 10; i++)
                TestLog.AppendOwn(writer);
        }

        using BinlogWriter again = log.Open(new RecoveryStart(cut.Position, cut.Sequences, cut.Hlc));
        Assert.Equal(10, log.Replayed.Count);
        Assert.Equal(cut.Position, log.Replayed[0].Position);
        Assert.Equal(310UL, log.LastRecovery!.Sequences[0]);
    }

    [Fact]
    public void Replay_FromACutBeyondTheEnd_IsRefused()
    {
        using var log = new TestLog();
        using (BinlogWriter writer = log.Open())
            TestLog.AppendOwn(writer);
        EnvironmentException error = Assert.Throws<EnvironmentException>(() => log.Open(new RecoveryStart(1 << 20)));
        Assert.Equal(ExitCodes.DataAtRisk, error.ExitCode);
    }

    [Theory]
    [InlineData(AppendMode.Mmap)]
    [InlineData(AppendMode.Pwrite)]
    public void S21_Replay_OfALogCutAtEveryByteOfItsLastRecord_YieldsTheRecordsBefore(AppendMode mode)
    {
        using var log = new TestLog(mode);
        BinlogWriter writer = log.Open();
        TestLog.AppendOwn(writer);
        Appended last = TestLog.AppendOwn(writer, opsLength: 33, fill: 0xff);
        writer.Abandon();
        using TestLog copy = log.Copy();
        string file = copy.SegmentFiles()[^1];
        byte[] whole = File.ReadAllBytes(file);
        for (long length = last.Position; length <= last.End; length++)
        {
            byte[] torn = whole.ToArray();
            torn.AsSpan((int)length).Clear();
            foreach (byte[] image in new[] { torn, torn[..(int)length] })
            {
                File.WriteAllBytes(file, image);
                using BinlogRecovery recovery = copy.Recover();
                bool complete = length == last.End || torn.AsSpan(0, (int)last.End).SequenceEqual(whole.AsSpan(0, (int)last.End)) && image.Length >= last.End;
                Assert.Equal(complete ? 2 : 1, copy.Replayed.Count);
                Assert.Equal(complete ? last.End : last.Position, recovery.End);
            }
        }
    }

    [Fact]
    public void S21_Replay_OfAnyPrefixOfALog_YieldsExactlyItsWholeRecords()
    {
        using var log = new TestLog(inMemory: true);
        BinlogWriter writer = log.Open();
        var ends = new List<long>();
        var random = new Random(11);
        for (int i = 0; i < 400; i++)
            ends.Add(TestLog.AppendOwn(writer, slot: random.Next(16384), opsLength: random.Next(900), groups: 1 + random.Next(3)).End);
        writer.Abandon();
        Assert.True(log.SegmentFiles().Length >= 3);
        for (int round = 0; round < 60; round++)
        {
            using TestLog copy = log.Copy();
            string[] files = copy.SegmentFiles();
            long at = random.NextInt64(ends[^1] + 10);
            if (round % 5 == 0)
                at = ends[random.Next(ends.Count)];
            SetDurable(copy, 0);
            foreach (string file in files)
            {
                Assert.True(SegmentNames.TryParse(file, out long first));
                if (first >= at)
                    File.Delete(file);
                else if (first + new FileInfo(file).Length > at)
                    File.WriteAllBytes(file, File.ReadAllBytes(file)[..(int)(at - first)]);
            }

            if (copy.SegmentFiles().Length == 0)
                continue;
            using BinlogWriter recovered = copy.Open();
            Assert.Equal(ends.Count(e => e <= at), copy.Replayed.Count);
            Appended more = TestLog.AppendOwn(recovered);
            recovered.Dispose();
            using BinlogWriter again = copy.Open();
            Assert.Equal(ends.Count(e => e <= at) + 1, copy.Replayed.Count);
            Assert.Equal(more.Position, copy.Replayed[^1].Position);
        }
    }

    [Fact]
    public void S21_Replay_OfAFlippedByte_StopsBelowTheDurablePositionAndCutsAbove()
    {
        using var log = new TestLog(inMemory: true);
        BinlogWriter writer = log.Open();
        var all = new List<Appended>();
        for (int i = 0; i < 20; i++)
            all.Add(TestLog.AppendOwn(writer, opsLength: 50));
        TestLog.Sync(writer, all[9].End);
        long durable = writer.Durable;
        for (int i = 0; i < 5; i++)
            all.Add(TestLog.AppendOwn(writer, opsLength: 50));
        writer.Abandon();
        foreach (Appended hit in all)
        {
            for (long at = hit.Position; at < hit.End; at += 13)
            {
                using TestLog copy = log.Copy();
                Flip(copy.SegmentFiles()[0], at);
                if (hit.Position < durable)
                {
                    EnvironmentException error = Assert.Throws<EnvironmentException>(() => copy.Recover());
                    Assert.Equal(ExitCodes.DataAtRisk, error.ExitCode);
                    Assert.Contains($"offset {hit.Position}", error.Message, StringComparison.Ordinal);
                    Assert.Contains(SegmentNames.Of(0), error.Message, StringComparison.Ordinal);
                }
                else
                {
                    using BinlogRecovery recovery = copy.Recover();
                    Assert.Equal(hit.Position, recovery.End);
                    Assert.Equal(all.IndexOf(hit), copy.Replayed.Count);
                    Assert.Contains("offset", recovery.TornAt, StringComparison.Ordinal);
                }
            }
        }
    }

    [Fact]
    public void S21_Replay_OfAMissingOrTruncatedDurableSegment_StopsAndNamesIt()
    {
        using var log = new TestLog(inMemory: true);
        BinlogWriter writer = log.Open();
        Appended last = default;
        for (int i = 0; i < 800; i++)
            last = TestLog.AppendOwn(writer, opsLength: 400);
        TestLog.Sync(writer, last.End);
        writer.Abandon();
        int count = log.SegmentFiles().Length;
        Assert.True(count >= 5);
        for (int i = 0; i < count; i++)
        {
            using TestLog missing = log.Copy();
            string file = missing.SegmentFiles()[i];
            File.Delete(file);
            EnvironmentException error = Assert.Throws<EnvironmentException>(() => missing.Recover());
            Assert.Equal(ExitCodes.DataAtRisk, error.ExitCode);
            using TestLog truncated = log.Copy();
            file = truncated.SegmentFiles()[i];
            long used = i == count - 1 ? last.End - SegmentNames.List(truncated.Dir)[i] : new FileInfo(file).Length;
            using (FileStream stream = File.OpenWrite(file))
                stream.SetLength(used - 100);
            error = Assert.Throws<EnvironmentException>(() => truncated.Recover());
            Assert.Contains(Path.GetFileName(file), error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void S23_Replay_AfterPagesAboveTheDurablePositionGotLost_CutsAndNeverShowsStaleRecordsAgain()
    {
        const int Page = 4096;
        using var log = new TestLog(inMemory: true);
        BinlogWriter writer = log.Open();
        var all = new List<Appended>();
        for (int i = 0; i < 100; i++)
            all.Add(TestLog.AppendOwn(writer, opsLength: 300));
        TestLog.Sync(writer, all[^1].End);
        long durable = writer.Durable;
        for (int i = 0; i < 300; i++)
            all.Add(TestLog.AppendOwn(writer, opsLength: 300));
        writer.Abandon();
        var random = new Random(3);
        for (int round = 0; round < 60; round++)
        {
            using TestLog copy = log.Copy();
            SetDurable(copy, durable);
            foreach (string file in copy.SegmentFiles())
            {
                Assert.True(SegmentNames.TryParse(file, out long first));
                byte[] bytes = File.ReadAllBytes(file);
                for (int page = 0; page < bytes.Length; page += Page)
                {
                    if (first + page >= durable && random.Next(12) == 0)
                        bytes.AsSpan(page, Math.Min(Page, bytes.Length - page)).Clear();
                }

                File.WriteAllBytes(file, bytes);
            }

            BinlogWriter recovered = copy.Open();
            int survivors = copy.Replayed.Count;
            Assert.True(survivors >= 100);
            Assert.Equal(all.Take(survivors).Select(a => a.Position), copy.Replayed.Select(r => r.Position));
            var more = new List<Appended>();
            for (int i = 0; i < random.Next(1, 50); i++)
                more.Add(TestLog.AppendOwn(recovered, opsLength: 300, fill: 9));
            recovered.Abandon();
            using BinlogRecovery again = copy.Recover();
            Assert.Equal(survivors + more.Count, copy.Replayed.Count);
            Assert.Equal(more.Select(a => a.Position), copy.Replayed.Skip(survivors).Select(r => r.Position));
        }
    }

    [Fact]
    public void Replay_OfARecordOfAnotherPlace_DoesNotTakeIt()
    {
        using var log = new TestLog(inMemory: true);
        BinlogWriter writer = log.Open();
        Appended first = TestLog.AppendOwn(writer);
        Appended second = TestLog.AppendOwn(writer);
        writer.Abandon();
        string file = log.SegmentFiles()[0];
        byte[] bytes = File.ReadAllBytes(file);
        bytes.AsSpan((int)second.Position, (int)(second.End - second.Position)).CopyTo(bytes.AsSpan((int)second.End));
        File.WriteAllBytes(file, bytes);
        using BinlogRecovery recovery = log.Recover();
        Assert.Equal(second.End, recovery.End);
        Assert.Equal(2, log.Replayed.Count);
        Assert.True(first.End <= second.Position);
    }

    [Fact]
    public void Open_WithBothCopiesOfTheDurablePositionCorrupt_Stops()
    {
        using var log = new TestLog(inMemory: true);
        log.Open().Dispose();
        string path = Path.Combine(log.Dir, SegmentNames.Durable);
        byte[] bytes = File.ReadAllBytes(path);
        bytes[20] ^= 1;
        File.WriteAllBytes(path, bytes);
        log.Open().Dispose();
        bytes = File.ReadAllBytes(path);
        bytes[24] ^= 2;
        bytes[4096 + 24] ^= 2;
        File.WriteAllBytes(path, bytes);
        Assert.Throws<EnvironmentException>(() => log.Open());
    }

    [Fact]
    public void Open_WithACorruptHistoryFile_Stops()
    {
        using var log = new TestLog(inMemory: true);
        log.Open().Dispose();
        Flip(Path.Combine(log.Dir, SegmentNames.History), 20);
        Assert.Equal(ExitCodes.DataAtRisk, Assert.Throws<EnvironmentException>(() => log.Open()).ExitCode);
    }

    private static void Flip(string path, long at)
    {
        byte[] bytes = File.ReadAllBytes(path);
        bytes[at] ^= 0x40;
        File.WriteAllBytes(path, bytes);
    }

    private static void SetDurable(TestLog log, long durable)
    {
        string path = Path.Combine(log.Dir, SegmentNames.Durable);
        File.Delete(path);
        using DurableFile file = DurableFile.Open(path, out _);
        file.Write(durable);
        file.Write(durable);
    }
}
