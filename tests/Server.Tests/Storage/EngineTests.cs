using System.Text;
using MultiCloudKv.Merge;
using MultiCloudKv.Merge.State;
using MultiCloudKv.Server.Storage;

namespace MultiCloudKv.Server.Tests.Storage;

public class EngineTests
{
    [Fact]
    public async Task Set_ThenGet_ReturnsValue()
    {
        await using var fixture = new EngineFixture();
        fixture.Open();
        CommitResult result = fixture.Set("k", "v");
        Assert.Null(result.Refusal);
        Assert.True(result.Changed);
        Assert.Equal("v", fixture.Get("k"));
        Assert.Equal(1, fixture.Engine.CountKeys());
    }

    [Fact]
    public async Task Reopen_AfterCleanClose_HasEverythingFromTheCheckpoint()
    {
        await using var fixture = new EngineFixture();
        fixture.Open();
        for (int i = 0; i < 1000; i++)
            fixture.Set($"k{i}", $"v{i}");
        fixture.Run("h", view => view.Write(ElementType.Hash, "f"u8, "x"u8));
        fixture.Run("c", view => view.Increment(Number.Of(41)));
        fixture.Run("c", view => view.Increment(Number.Of(1)));
        await fixture.CloseAsync();
        fixture.Open();
        Assert.Equal(0, fixture.Report.Replayed);
        Assert.True(fixture.Report.LossProof.Holds);
        Assert.Equal("v77", fixture.Get("k77"));
        Assert.Equal("42", fixture.Get("c"));
        fixture.Run("h", view => Assert.True(view.TryGet("f"u8, out ReadOnlySpan<byte> value) && value.SequenceEqual("x"u8)));
        Assert.Equal(1002, fixture.Engine.CountKeys());
    }

    [Fact]
    public async Task Epoch_ClosedBetweenWrites_ReplayBringsTheRest()
    {
        await using var fixture = new EngineFixture();
        fixture.Open();
        for (int i = 0; i < 500; i++)
            fixture.Set($"k{i}", "old");
        await fixture.Engine.Cache.Epochs.CloseAsync();
        for (int i = 250; i < 750; i++)
            fixture.Set($"k{i}", "new");
        fixture.Engine.Stop(new InvalidOperationException("the test ends this engine without a last epoch"));
        await fixture.CloseAsync();
        fixture.Open();
        Assert.True(fixture.Report.Replayed >= 500);
        Assert.Equal("old", fixture.Get("k0"));
        Assert.Equal("new", fixture.Get("k300"));
        Assert.Equal("new", fixture.Get("k749"));
        Assert.Equal(750, fixture.Engine.CountKeys());
    }

    [Fact]
    public async Task ExpiringKeys_AcrossEpochsAndReplay_AreCountedExactly()
    {
        await using var fixture = new EngineFixture();
        fixture.Open();
        long later = fixture.Engine.Clock.NowMs + 600_000;
        for (int i = 0; i < 100; i++)
            fixture.Set($"k{i}", "v", i < 60 ? later : long.MaxValue);
        await fixture.Engine.Cache.Epochs.CloseAsync();
        for (int i = 50; i < 80; i++)
            fixture.Set($"k{i}", "v", i < 70 ? long.MaxValue : later);
        Assert.Equal((100, 60), (fixture.Engine.CountKeys(out long expiring), expiring));
        fixture.Engine.Stop(new InvalidOperationException("the test ends this engine without a last epoch"));
        await fixture.CloseAsync();
        fixture.Open();
        Assert.Equal((100, 60), (fixture.Engine.CountKeys(out expiring), expiring));
        await fixture.CloseAsync();
        fixture.Open();
        Assert.Equal((100, 60), (fixture.Engine.CountKeys(out expiring), expiring));
    }

    [Fact]
    public async Task Expiry_Passed_KeyIsHiddenAndUncounted()
    {
        await using var fixture = new EngineFixture();
        fixture.Open();
        fixture.Set("gone", "v", fixture.Engine.Clock.NowMs + 30);
        fixture.Set("stays", "v");
        Assert.Equal((2, 1), (fixture.Engine.CountKeys(out long expiring), expiring));
        await TestWait.UntilAsync(() => fixture.Engine.CountKeys(out expiring) == 1 && expiring == 0);
        Assert.Null(fixture.Get("gone"));
    }

    [Fact]
    public async Task Commit_FromManyThreads_NothingIsLost()
    {
        await using var fixture = new EngineFixture();
        fixture.Open();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            StorageSession session = fixture.Engine.NewSession();
            for (int i = 0; i < 5000; i++)
            {
                byte[] key = Encoding.UTF8.GetBytes($"c{i % 10}");
                session.Enter([Foundation.Slots.Of(key)]);
                session.Transaction.Open(key).Increment(Number.Of(1));
                Assert.Null(session.Commit().Refusal);
                session.Exit();
            }
        })));
        int sum = Enumerable.Range(0, 10).Sum(i => int.Parse(fixture.Get($"c{i}")!, System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(20_000, sum);
    }
}
