using MultiCloudKv.Merge;
using MultiCloudKv.Server.Storage.Cache;

namespace MultiCloudKv.Server.Tests.Cache;

/// <summary>Random transactions against the cache and a sorted dictionary, with flushes and evictions in between and beside them.</summary>
public sealed class CacheModelTests
{
    private static readonly int[] SlotsUsed = [5, 6, 200];

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(4, true)]
    public void Cache_RandomHistory_EqualsModelInCacheAndCheckpoint(int seed, bool cold)
    {
        using var store = new MemoryCheckpointStore { Cold = cold };
        using var harness = new CacheHarness(store, Tiny());
        Play(harness, seed, 3000, flushEvery: 100);
        harness.Flush();
        Assert.True(harness.Cache.Statistics().Evictions > 0);
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public void Cache_ReopenedOverItsCheckpoint_EqualsModel(int seed)
    {
        using var store = new MemoryCheckpointStore { Cold = true };
        using var first = new CacheHarness(store, Tiny());
        Play(first, seed, 1500, flushEvery: 90);
        first.Flush();
        using var second = new CacheHarness(store, Tiny(), firstEpoch: first.Cache.Epochs.Current);
        second.Inherit(first);
        Play(second, seed + 100, 1500, flushEvery: 110);
        second.Flush();
    }

    [Theory]
    [InlineData(21)]
    [InlineData(22)]
    public async Task Cache_WritersBesideFlushes_EqualsModelOfEveryCut(int seed)
    {
        using var store = new MemoryCheckpointStore();
        RecordCacheOptions options = Tiny() with { EpochTime = TimeSpan.FromMilliseconds(3) };
        using var harness = new CacheHarness(store, options);
        Task[] writers = [.. Enumerable.Range(0, 3).Select(t => Task.Run(() => Play(harness, (seed * 10) + t, 1500, flushEvery: 0), TestContext.Current.CancellationToken))];
        await Task.WhenAll(writers).WaitAsync(TimeSpan.FromSeconds(120), TestContext.Current.CancellationToken);
        harness.Flush();
        Assert.True(harness.Flushes > 3);
    }

    [Theory]
    [InlineData(31)]
    [InlineData(32)]
    public void Cache_OverRocksDb_EqualsModel(int seed)
    {
        using var database = new TemporaryDatabase();
        using var first = new CacheHarness(database.Store, Tiny());
        Play(first, seed, 2500, flushEvery: 80);
        first.Flush();
        using var second = new CacheHarness(database.Store, Tiny(), firstEpoch: first.Cache.Epochs.Current);
        second.Inherit(first);
        Play(second, seed + 100, 2500, flushEvery: 80);
        second.Flush();
    }

    private static RecordCacheOptions Tiny() => new() { CacheBytes = 64 << 10, DirtyBytes = 64 << 10, EpochTime = TimeSpan.FromHours(1) };

    private static void Play(CacheHarness harness, int seed, int steps, int flushEvery)
    {
        var random = new Random(seed);
        Task? flush = null;
        for (int step = 0; step < steps; step++)
        {
            int slot = SlotsUsed[random.Next(SlotsUsed.Length)];
            switch (random.Next(10))
            {
                case < 5:
                    Change(harness, random, slot);
                    break;
                case < 7:
                    Check(harness, random, slot);
                    break;
                case 7:
                    CheckScan(harness, random, slot);
                    break;
                case 8:
                    ScanWhileWriting(harness, random, slot);
                    break;
                default:
                    harness.Write(slot, s => harness.DropPrefix(s, RandomPrefix(random, slot)));
                    break;
            }

            if (flushEvery == 0 || random.Next(flushEvery) != 0)
                continue;
            flush?.GetAwaiter().GetResult();
            flush = harness.Cache.Epochs.CloseAsync();
        }

        flush?.GetAwaiter().GetResult();
        Assert.Null(harness.Failure);
    }

    private static void Change(CacheHarness harness, Random random, int slot)
    {
        int changes = random.Next(1, 12);
        var keys = new byte[changes][];
        for (int i = 0; i < changes; i++)
            keys[i] = RandomKey(random, slot);
        harness.Run(
            slot,
            store =>
            {
                foreach (byte[] key in keys.Where(k => k.Length % 2 == 0))
                    store.TryGet(key, out _);
            },
            store =>
            {
                foreach (byte[] key in keys)
                {
                    if (random.Next(4) == 0)
                        harness.Delete(store, key);
                    else
                        harness.Put(store, key, RandomValue(random));
                }
            });
    }

    private static void Check(CacheHarness harness, Random random, int slot)
    {
        byte[] key = RandomKey(random, slot);
        harness.Run(slot, store =>
        {
            bool found = store.TryGet(key, out ReadOnlySpan<byte> value);
            bool expected = harness.Model(slot).TryGetValue(key, out byte[]? model);
            Assert.True(expected == found, $"{Convert.ToHexString(key)}: expected {expected}, found {found}");
            Assert.True(!found || value.SequenceEqual(model));
        });
    }

    private static void CheckScan(CacheHarness harness, Random random, int slot)
    {
        (byte[] low, byte[] high) = RandomRange(random, slot);
        bool reverse = random.Next(2) == 0;
        harness.Run(slot, store =>
        {
            using RecordCursor cursor = store.Scan(low, high, reverse);
            CacheHarness.AssertSame(CacheHarness.Range(harness.Model(slot), low, high, reverse), Drain(cursor), "scan");
        });
    }

    private static void ScanWhileWriting(CacheHarness harness, Random random, int slot)
    {
        (byte[] low, byte[] high) = RandomRange(random, slot);
        bool reverse = random.Next(2) == 0;
        harness.Run(
            slot,
            store =>
            {
                using RecordCursor cursor = store.Scan(low, high, reverse);
                _ = Drain(cursor);
            },
            store =>
            {
                store.Begin(null);
                List<KeyValuePair<byte[], byte[]>> expected = CacheHarness.Range(harness.Model(slot), low, high, reverse);
                using RecordCursor cursor = store.Scan(low, high, reverse);
                List<KeyValuePair<byte[], byte[]>> found = [];
                while (cursor.MoveNext())
                {
                    found.Add(new(cursor.Key.ToArray(), cursor.Value.ToArray()));
                    switch (random.Next(4))
                    {
                        case 0:
                            harness.Delete(store, found[^1].Key);
                            break;
                        case 1:
                            harness.Put(store, RandomKey(random, slot), RandomValue(random));
                            break;
                        case 2 when random.Next(10) == 0:
                            harness.DropPrefix(store, RandomPrefix(random, slot));
                            break;
                    }
                }

                CacheHarness.AssertSame(expected, found, "scan while writing");
            });
    }

    private static List<KeyValuePair<byte[], byte[]>> Drain(RecordCursor cursor)
    {
        List<KeyValuePair<byte[], byte[]>> found = [];
        while (cursor.MoveNext())
            found.Add(new(cursor.Key.ToArray(), cursor.Value.ToArray()));
        return found;
    }

    private static byte[] RandomKey(Random random, int slot)
    {
        string key = "k" + random.Next(3);
        ulong version = 255 + (ulong)random.Next(3);
        return random.Next(6) switch
        {
            0 => TestKeys.Meta(slot, "m" + random.Next(60)),
            1 => TestKeys.Expiry(slot, random.Next(40), "m" + random.Next(3)),
            2 => TestKeys.Score(slot, key, version, (ulong)random.Next(50), "m"),
            _ => TestKeys.Element(slot, key, version, random.Next(80).ToString(System.Globalization.CultureInfo.InvariantCulture)),
        };
    }

    private static byte[] RandomPrefix(Random random, int slot)
    {
        string key = "k" + random.Next(3);
        ulong version = 255 + (ulong)random.Next(3);
        return random.Next(12) switch
        {
            0 => TestKeys.SlotLow((byte)(random.Next(2) == 0 ? 0x10 : 0x20), slot),
            1 => [.. TestKeys.SlotLow(0x10, slot), 0],
            2 => TestKeys.ChainOf(TestKeys.ElementKind, slot, key, 0)[..^8],
            3 => [.. TestKeys.ChainOf(TestKeys.ElementKind, slot, key, version), 2],
            < 6 => TestKeys.ChainOf(TestKeys.ScoreKind, slot, key, version),
            _ => TestKeys.ChainOf(TestKeys.ElementKind, slot, key, version),
        };
    }

    private static (byte[] Low, byte[] High) RandomRange(Random random, int slot)
    {
        string key = "k" + random.Next(3);
        ulong version = 255 + (ulong)random.Next(3);
        switch (random.Next(5))
        {
            case 0:
                byte kind = ((byte[])[0x10, 0x20, 0x21, 0x30])[random.Next(4)];
                return (TestKeys.SlotLow(kind, slot), TestKeys.SlotHigh(kind, slot));
            case 1:
                byte[] a = TestKeys.Meta(slot, "m" + random.Next(60));
                return (a, TestKeys.SlotHigh(TestKeys.MetaKind, slot));
            case 2:
                byte[] b = TestKeys.Element(slot, key, version, random.Next(80).ToString(System.Globalization.CultureInfo.InvariantCulture));
                byte[] c = TestKeys.Element(slot, key, version, random.Next(80).ToString(System.Globalization.CultureInfo.InvariantCulture));
                return MemoryCheckpointStore.ByteOrder.Compare(b, c) < 0 ? (b, c) : (c, b);
            case 3:
                byte[] score = TestKeys.ChainOf(TestKeys.ScoreKind, slot, key, version);
                return (score, TestKeys.End(score));
            default:
                byte[] chain = TestKeys.ChainOf(TestKeys.ElementKind, slot, key, version);
                return (chain, TestKeys.End(chain));
        }
    }

    private static byte[] RandomValue(Random random)
    {
        byte[] value = new byte[random.Next(20) == 0 ? random.Next(5000) : random.Next(200)];
        random.NextBytes(value);
        return value;
    }
}
