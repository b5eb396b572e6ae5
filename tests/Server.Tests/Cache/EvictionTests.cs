using MultiCloudKv.Server.Storage.Cache;

namespace MultiCloudKv.Server.Tests.Cache;

/// <summary>Memory bounds.</summary>
public sealed class EvictionTests
{
    [Fact]
    public void Cache_OverItsBound_EvictsCleanRecordsAndReadsThemAgain()
    {
        using var store = new MemoryCheckpointStore();
        var options = new RecordCacheOptions { CacheBytes = 4 << 20, DirtyBytes = 1 << 20, EpochTime = TimeSpan.FromHours(1) };
        using var harness = new CacheHarness(store, options);
        const int count = 8000;
        for (int i = 0; i < count; i++)
            harness.Put(i, TestKeys.Meta(i, "k" + i), new byte[1000]);
        harness.Flush();
        CacheStatistics full = harness.Cache.Statistics();
        Assert.True(full.Evictions > count / 3, full.ToString());
        for (int i = 0; i < count; i++)
            Assert.Equal(1000, harness.Get(i, TestKeys.Meta(i, "k" + i))!.Length);
        CacheStatistics read = harness.Cache.Statistics();
        Assert.True(read.Misses > count / 3, read.ToString());
        Assert.InRange(read.CachedBytes, 0, (4 << 20) + (256 << 10));
    }

    [Fact]
    public void Cache_WithOneHotStripe_GivesItTheMemoryOfTheOthers()
    {
        using var store = new MemoryCheckpointStore();
        var options = new RecordCacheOptions { CacheBytes = 8 << 20, DirtyBytes = 4 << 20, EpochTime = TimeSpan.FromHours(1) };
        using var harness = new CacheHarness(store, options);
        for (int i = 0; i < 4000; i++)
            harness.Put(i * 4, TestKeys.Meta(i * 4, "cold" + i), new byte[1000]);
        harness.Flush();
        for (int i = 0; i < 5000; i++)
            harness.Put(1, TestKeys.Meta(1, "hot" + i), new byte[1000]);
        harness.Flush();
        CacheStatistics statistics = harness.Cache.Statistics();
        Assert.InRange(statistics.CachedBytes, 6 << 20, (8 << 20) + (512 << 10));
        long hits = statistics.Hits;
        for (int i = 4000; i < 5000; i++)
            Assert.NotNull(harness.Get(1, TestKeys.Meta(1, "hot" + i)));
        Assert.True(harness.Cache.Statistics().Hits - hits > 500);
    }

    [Fact]
    public void Cache_Emptied_HoldsNoMemoryButItsTable()
    {
        using var store = new MemoryCheckpointStore();
        using var harness = new CacheHarness(store);
        for (int slot = 0; slot < 128; slot++)
        {
            harness.Write(slot, s =>
            {
                for (int i = 0; i < 50; i++)
                {
                    harness.Put(s, TestKeys.Meta(slot, "k" + i), new byte[500]);
                    harness.Put(s, TestKeys.Element(slot, "h" + i, 5, "e"), new byte[50]);
                }
            });
        }

        harness.Flush();
        for (int slot = 0; slot < 128; slot++)
        {
            harness.Write(slot, s =>
            {
                harness.DropPrefix(s, TestKeys.SlotLow(TestKeys.MetaKind, slot));
                harness.DropPrefix(s, TestKeys.SlotLow(TestKeys.ElementKind, slot));
            });
        }

        harness.Flush();
        CacheStatistics statistics = harness.Cache.Statistics();
        Assert.Equal(0, statistics.Records);
        Assert.Equal(0, statistics.DirtyBytes);
        Assert.InRange(statistics.CachedBytes, 0, 512 << 10);
        Assert.Single(store.State);
    }
}
