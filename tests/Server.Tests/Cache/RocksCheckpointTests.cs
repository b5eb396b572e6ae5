using System.Globalization;
using MultiCloudKv.Foundation;
using MultiCloudKv.Server.Storage.Cache;

namespace MultiCloudKv.Server.Tests.Cache;

/// <summary>The cache over RocksDB itself.</summary>
public sealed class RocksCheckpointTests
{
    private const int KeyCount = 60;

    [Fact]
    public void Flush_OfPutsAndDeletes_IsWhatReopenedDatabaseHolds()
    {
        using var database = new TemporaryDatabase();
        using (var harness = new CacheHarness(database.Store))
        {
            for (int i = 0; i < 2000; i++)
                harness.Put(7, TestKeys.Meta(7, "k" + i), BitConverter.GetBytes(i));
            harness.Flush();
            for (int i = 0; i < 2000; i += 2)
                harness.Delete(7, TestKeys.Meta(7, "k" + i));
            harness.Flush();
        }

        database.Reopen();
        using var again = new CacheHarness(database.Store);
        Assert.Null(again.Get(7, TestKeys.Meta(7, "k4")));
        Assert.Equal(BitConverter.GetBytes(5), again.Get(7, TestKeys.Meta(7, "k5")));
        Assert.Equal(1000, again.Scan(7, TestKeys.SlotLow(TestKeys.MetaKind, 7), TestKeys.SlotHigh(TestKeys.MetaKind, 7)).Count);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(5000)]
    public void Drop_FollowedByPutsOfTheSamePrefix_KeepsOnlyThose(int elements)
    {
        using var database = new TemporaryDatabase();
        byte[] chain = TestKeys.ChainOf(TestKeys.ElementKind, 9, "set", 1000);
        using (var harness = new CacheHarness(database.Store))
        {
            for (int i = 0; i < elements; i++)
                harness.Put(9, TestKeys.Element(9, "set", 1000, "old" + i), [1]);
            harness.Put(9, TestKeys.Element(9, "set", 1001, "other"), [2]);
            harness.Flush();
            harness.Write(9, store =>
            {
                harness.DropPrefix(store, chain);
                harness.Put(store, TestKeys.Element(9, "set", 1000, "old3"), [3]);
                harness.Put(store, TestKeys.Element(9, "set", 1000, "new"), [4]);
            });
            harness.Flush();
            Assert.Equal(2, harness.Scan(9, chain, TestKeys.End(chain)).Count);
        }

        database.Reopen();
        using var again = new CacheHarness(database.Store);
        Assert.Equal(["new", "old3"], again.Scan(9, chain, TestKeys.End(chain)).Select(p => System.Text.Encoding.UTF8.GetString(p.Key.AsSpan(chain.Length + 1))));
        Assert.Equal([2], again.Get(9, TestKeys.Element(9, "set", 1001, "other")));
    }

    [Fact]
    public void Read_OfWhatIsOnDiskOnly_IsLoadedByTheLoader()
    {
        using var database = new TemporaryDatabase();
        using (var harness = new CacheHarness(database.Store))
        {
            for (int i = 0; i < 500; i++)
            {
                harness.Put(3, TestKeys.Meta(3, "k" + i), new byte[1000]);
                harness.Put(3, TestKeys.Element(3, "h", 77, i.ToString(CultureInfo.InvariantCulture)), new byte[100]);
            }

            harness.Flush();
        }

        database.Reopen();
        using var again = new CacheHarness(database.Store);
        byte[] chain = TestKeys.ChainOf(TestKeys.ElementKind, 3, "h", 77);
        Assert.Equal(500, again.Scan(3, chain, TestKeys.End(chain)).Count);
        long loads = again.Cache.Statistics().Loads;
        Assert.True(loads >= 500, again.Cache.Statistics().ToString());
        Assert.Equal(1000, again.Get(3, TestKeys.Meta(3, "k77"))!.Length);
        Assert.Null(again.Get(3, TestKeys.Element(3, "h", 77, "none")));
        Assert.Equal(500, again.Scan(3, chain, TestKeys.End(chain)).Count);
        Assert.True(again.Cache.Statistics().Loads <= loads + 1);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Iterate_InMemoryOverSomeBlocksOfSeveralFiles_ShowsTheTruthOrStops(bool rangeDeletions, bool reverse)
    {
        for (int seed = 0; seed < 8; seed++)
        {
            using var database = new TemporaryDatabase();
            var random = new Random(seed);
            for (int file = 0; file < 4; file++)
                WriteFile(database.Store, random, rangeDeletions);
            database.Reopen();
            byte[] low = KeyOf(0);
            byte[] high = KeyOf(KeyCount);
            List<string> truth = Walk(database.Store, low, high, reverse, mayBlock: true, out _);
            database.Reopen();
            var value = new ByteWriter(100);
            for (int round = 0; round < 60; round++)
            {
                List<string> found = Walk(database.Store, low, high, reverse, mayBlock: false, out ReadOutcome end);
                Assert.Equal(truth.Take(found.Count), found);
                Assert.True(end == ReadOutcome.NotResident || found.Count == truth.Count, $"seed {seed}, round {round}: {found.Count} of {truth.Count}, then {end}");
                value.Clear();
                database.Store.Read(KeyOf(random.Next(KeyCount)), mayBlock: true, value);
            }

            database.Store.Warm(low, high, reverse, int.MaxValue);
            Assert.Equal(truth, Walk(database.Store, low, high, reverse, mayBlock: false, out _));
        }
    }

    [Fact]
    public void Flush_OverSeveralFiles_IsOneStep()
    {
        using var database = new TemporaryDatabase();
        RecordCacheOptions options = new() { CacheBytes = 1L << 30, DirtyBytes = 1L << 29, EpochTime = TimeSpan.FromHours(1) };
        using var harness = new CacheHarness(database.Store, options);
        byte[] value = new byte[1 << 20];
        for (int i = 0; i < 150; i++)
        {
            value = (byte[])value.Clone();
            new Random(i).NextBytes(value);
            harness.Put(i * 100, TestKeys.Meta(i * 100, "k" + i), value);
        }

        harness.Flush();
        Assert.True(harness.Cache.Statistics().LastFlushBytes > 150 << 20);
    }

    private static byte[] KeyOf(int i) => TestKeys.Meta(4, "k" + i.ToString("d4", CultureInfo.InvariantCulture));

    /// <summary>One file of puts and deletions of about every third key, a block or so each, and of ranges.</summary>
    private static void WriteFile(CheckpointStore store, Random random, bool rangeDeletions)
    {
        using CheckpointWriter writer = store.BeginWrite();
        for (int i = 0; i < 2 && rangeDeletions; i++)
        {
            int from = random.Next(KeyCount);
            writer.DeleteRange(KeyOf(from), KeyOf(from + random.Next(1, 12)));
        }

        for (int i = 0; i < KeyCount; i++)
        {
            byte[] value = new byte[random.Next(3000)];
            random.NextBytes(value);
            int choice = random.Next(9);
            if (choice < 2)
                writer.Put(KeyOf(i), value);
            else if (choice == 2)
                writer.Delete(KeyOf(i));
        }

        writer.Commit();
    }

    private static List<string> Walk(CheckpointStore store, byte[] low, byte[] high, bool reverse, bool mayBlock, out ReadOutcome end)
    {
        List<string> found = [];
        using CheckpointIterator iterator = store.Iterate(low, high, reverse, mayBlock);
        while ((end = iterator.MoveNext()) == ReadOutcome.Found)
            found.Add(Convert.ToHexString(iterator.Key) + "=" + Convert.ToHexString(iterator.Value));
        return found;
    }
}
