using MultiCloudKv.Foundation;
using MultiCloudKv.Server.Storage.Cache;

namespace MultiCloudKv.Server.Tests.Cache;

/// <summary>Cuts, copy on write, back-pressure and failures of the flush.</summary>
public sealed class EpochTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Overwrite_OfAFrozenRecord_LeavesTheCutAsItWas()
    {
        using var store = new MemoryCheckpointStore();
        using var harness = new CacheHarness(store);
        byte[] kept = TestKeys.Meta(1, "kept");
        byte[] changed = TestKeys.Meta(1, "changed");
        byte[] deleted = TestKeys.Meta(1, "deleted");
        byte[] dropped = TestKeys.Element(1, "set", 5, "dropped");
        foreach (byte[] key in (byte[][])[kept, changed, deleted, dropped])
            harness.Put(1, key, [1]);
        store.CommitGate.Reset();
        Task<ClosedEpoch> closing = harness.Cache.Epochs.CloseAsync();
        Assert.True(SpinWait.SpinUntil(() => harness.Cache.Epochs.Current == 2, Deadline));
        harness.Put(1, changed, [2]);
        harness.Delete(1, deleted);
        harness.Write(1, s => harness.DropPrefix(s, TestKeys.ChainOf(TestKeys.ElementKind, 1, "set", 5)));
        Assert.Equal([2], harness.Get(1, changed));
        Assert.Null(harness.Get(1, deleted));
        Assert.Null(harness.Get(1, dropped));
        store.CommitGate.Set();
        await closing.WaitAsync(Deadline, TestContext.Current.CancellationToken);
        Assert.Null(harness.Failure);
        Assert.Equal([1], store.State[changed]);
        Assert.Equal([1], store.State[deleted]);
        Assert.Equal([1], store.State[dropped]);
        Assert.Equal([2], harness.Get(1, changed));
        Assert.Null(harness.Get(1, deleted));
        Assert.Null(harness.Get(1, dropped));
        harness.Flush();
        Assert.Equal([2], store.State[changed]);
        Assert.False(store.State.ContainsKey(deleted));
        Assert.False(store.State.ContainsKey(dropped));
        Assert.Equal(0, harness.Cache.Statistics().DirtyBytes);
    }

    [Fact]
    public void Epoch_WithNothingButOverwrites_WritesEachRecordOnce()
    {
        using var store = new MemoryCheckpointStore();
        using var harness = new CacheHarness(store);
        for (int i = 0; i < 1000; i++)
            harness.Put(1, TestKeys.Meta(1, "counter"), BitConverter.GetBytes(i));
        harness.Flush();
        Assert.Equal(2, harness.Cache.Statistics().LastFlushRecords);
    }

    [Fact]
    public void Record_MadeAndDeletedWithinAnEpoch_NeverReachesTheCheckpoint()
    {
        using var store = new MemoryCheckpointStore();
        using var harness = new CacheHarness(store);
        for (int i = 0; i < 100; i++)
        {
            harness.Put(1, TestKeys.Meta(1, "k" + i), [1]);
            harness.Put(1, TestKeys.Element(1, "k", 7 + (ulong)i, "e"), [1]);
            harness.Delete(1, TestKeys.Meta(1, "k" + i));
            harness.Write(1, s => harness.DropPrefix(s, TestKeys.ChainOf(TestKeys.ElementKind, 1, "k", 7 + (ulong)i)));
        }

        Assert.Equal(0, harness.Cache.Statistics().Records);
        harness.Flush();
        Assert.Equal(1, harness.Cache.Statistics().LastFlushRecords);
    }

    [Fact]
    public void Epoch_OldEnoughAndChanged_ClosesByItself()
    {
        using var store = new MemoryCheckpointStore();
        using var harness = new CacheHarness(store, new RecordCacheOptions { EpochTime = TimeSpan.FromMilliseconds(20) });
        harness.Put(1, TestKeys.Meta(1, "k"), [1]);
        Assert.True(SpinWait.SpinUntil(() => harness.Flushes >= 1, Deadline));
        Assert.Null(harness.Failure);
        Assert.True(store.State.ContainsKey(TestKeys.Meta(1, "k")));
    }

    [Fact]
    public async Task Writer_AtTheDirtyBound_WaitsForTheFlush()
    {
        using var store = new MemoryCheckpointStore();
        var options = new RecordCacheOptions { CacheBytes = 8 << 20, DirtyBytes = 1 << 20, EpochTime = TimeSpan.FromHours(1) };
        using var harness = new CacheHarness(store, options);
        store.CommitGate.Reset();
        long written = 0;
        Task writer = Task.Run(
            () =>
            {
                for (int i = 0; i < 4000; i++)
                {
                    harness.Put(1, TestKeys.Meta(1, "k" + i), new byte[1000]);
                    Interlocked.Increment(ref written);
                }
            },
            TestContext.Current.CancellationToken);
        Assert.True(SpinWait.SpinUntil(() => harness.Cache.Statistics().DirtyWaits > 0, Deadline));
        Assert.InRange(harness.Cache.Statistics().DirtyBytes, 1 << 20, (1 << 20) + (64 << 10));
        Assert.InRange(Interlocked.Read(ref written), 500, 1100);
        store.CommitGate.Set();
        await writer.WaitAsync(Deadline, TestContext.Current.CancellationToken);
        harness.Flush();
        Assert.True(harness.Flushes >= 4);
    }

    [Fact]
    public async Task Flush_ThatFails_StopsTheHostAndLetsWritersGo()
    {
        using var store = new MemoryCheckpointStore { CommitFails = new IOException("no space left on device") };
        using var harness = new CacheHarness(store);
        harness.Put(1, TestKeys.Meta(1, "k"), [1]);
        var failure = await Assert.ThrowsAsync<EnvironmentException>(() => harness.Cache.Epochs.CloseAsync().WaitAsync(Deadline, TestContext.Current.CancellationToken));
        Assert.Contains("no space left", failure.Message, StringComparison.Ordinal);
        Assert.True(SpinWait.SpinUntil(() => harness.Failure is not null, Deadline));
        Assert.True(store.IsEmpty);
        Assert.Equal([1], harness.Get(1, TestKeys.Meta(1, "k")));
        await Assert.ThrowsAsync<EnvironmentException>(() => harness.Cache.Epochs.CloseAsync());
    }

    [Fact]
    public async Task ClosedEpoch_HoldsCountsAndCapturesOfTheCut()
    {
        using var store = new MemoryCheckpointStore();
        using var harness = new CacheHarness(store);
        harness.Put(300, TestKeys.Meta(300, "k"), [1]);
        harness.Write(300, s => s.Stripe.VisibleKeys = 1);
        ClosedEpoch closed = await harness.Cache.Epochs.CloseAsync();
        harness.Write(300, s => s.Stripe.VisibleKeys = 2);
        Assert.Equal(1u, closed.Epoch);
        Assert.Equal(1, closed.VisibleKeys);
        Assert.Equal(1, closed.VisibleKeysOf(2));
        Assert.Same(harness.Model(300), closed.Captured(2));
    }
}
