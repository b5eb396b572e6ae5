using MultiCloudKv.Foundation;
using MultiCloudKv.Merge.Collection;
using MultiCloudKv.Merge.Records;
using MultiCloudKv.Merge.State;
using MultiCloudKv.Merge.Tests.Support;

namespace MultiCloudKv.Merge.Tests.Collection;

public sealed class CollectorTests
{
    private readonly Region _east = new(1, [2]);
    private readonly Region _west = new(2, [1]);

    [Fact]
    public void RemovedKey_GoesWhenEveryRegionKnows()
    {
        _west.Apply(_east.Write("k", k => k.Set("v"u8)));
        Change removal = _east.Write("k", k => k.RemoveKey())!;
        Assert.Equal(1, _east.Count(RecordKind.PendingIndex));
        Assert.False(_east.Collect("k"));
        _west.Apply(removal);
        _east.Hear(_west, "k");
        Assert.True(_east.Collect("k"));
        Assert.Empty(_east.Store.Records);
    }

    [Fact]
    public void RemovedKey_WithoutPeers_GoesAtOnce()
    {
        var alone = new Region(1, []);
        alone.Write("k", k => k.Write(ElementType.Hash, "f"u8, "v"u8));
        alone.Write("k", k => k.RemoveKey());
        Assert.Empty(alone.Store.Records);
    }

    [Fact]
    public void Floor_GoesWhenItsRegionKnowsTheOverwrite()
    {
        _west.Apply(_east.Write("k", k => k.Increment(Number.Of(5))));
        Change set = _west.Write("k", k => k.Set("v"u8))!;
        Assert.False(_west.Collect("k"));
        _east.Apply(set);
        _west.Hear(_east, "k");
        Assert.True(_west.Collect("k"));
        Assert.True(_east.Collect("k"));
        Assert.Equal((1, 1), (_west.Store.Records.Count(), _east.Store.Records.Count()));
    }

    [Fact]
    public void ExpiredKey_IsTakenOutOfTheCountOnce_AndCountedAgainWhenExtended()
    {
        Change set = _east.Write("k", k => k.Set("v"u8, 2000))!;
        _west.Apply(set);
        Change extension = _west.Write("k", k => k.Expire(5000))!;
        _east.NowMs = 2000;
        Assert.Equal(2000, Hide(_east));
        Assert.Equal((0, 0), (_east.Keys, _east.ExpiringKeys));
        Assert.Equal(2000, Hide(_east));
        Assert.Equal(0, _east.Keys);
        _east.Apply(extension);
        Assert.Equal((1, "String: v"), (_east.Keys, _east.Show("k")));
        Assert.Equal(5000, Hide(_east));
        Assert.Equal((1, 1), (_east.Keys, _east.ExpiringKeys));
    }

    [Fact]
    public void ExpiredKey_GoesWhenEveryRegionHasSaidSoAfterIt()
    {
        _west.Apply(_east.Write("k", k => k.Set("v"u8, 2000)));
        _east.Hear(_west, "k");
        _east.NowMs = 3000;
        Hide(_east);
        Assert.False(_east.Collect("k"));
        _west.NowMs = 2000;
        _east.Hear(_west, "k");
        Assert.True(_east.Collect("k"));
        Assert.Empty(_east.Store.Records);
        Assert.Equal(0, _east.Keys);
    }

    [Fact]
    public void SeenContext_GoesWhenTheVectorHasCaughtUp()
    {
        var third = new Region(3, [1, 2]);
        Change increment = _east.Write("k", k => k.Increment(Number.Of(5)))!;
        _west.Apply(increment);
        third.Apply(_west.Write("k", k => k.RemoveKey()));
        third.Collect("k");
        third.Apply(increment);
        Assert.Equal("-", third.Show("k"));
        _east.Clock++;
        third.Hear(_east, "k");
        third.Hear(_west, "k");
        Assert.False(third.Collect("k"));
        _east.Vectors.SetApplied(Slots.Of("k"u8), 2, _west.Clock);
        third.Hear(_east, "k");
        Assert.True(third.Collect("k"));
        Assert.Empty(third.Store.Records);
    }

    [Fact]
    public void CollectSlot_InSmallSteps_VisitsEveryKeyOnce()
    {
        for (int i = 0; i < 10; i++)
        {
            _west.Apply(_east.Write("{k}" + i, k => k.Set("v"u8)));
            _west.Apply(_east.Write("{k}" + i, k => k.RemoveKey()));
        }

        byte[] position = [];
        int slot = Slots.Of("k"u8);
        int visited = 0;
        do
            visited += _east.Collector.CollectSlot(_east.Store, slot, _east.NowMs, 3, ref position);
        while (position.Length > 0);
        Assert.Equal(10, visited);
        _east.Hear(_west, "k");
        Assert.Equal(10, _east.Collector.CollectSlot(_east.Store, slot, _east.NowMs, 100));
        Assert.Empty(_east.Store.Records);
    }

    [Fact]
    public void Digest_OfEqualStates_IsEqual_AndOfConcurrentOnesDiffersUntilTheyMet()
    {
        Change a = _east.Write("k", k => k.Set("a"u8))!;
        Change b = _west.Write("k", k => k.Set("a"u8))!;
        Assert.Equal(Digest(_east).Visible, Digest(_west).Visible);
        Assert.NotEqual(Digest(_east).Stamped, Digest(_west).Stamped);
        _east.Apply(b);
        _west.Apply(a);
        Assert.Equal(Digest(_east), Digest(_west));
        Assert.Equal(default, KeyDigest.Of(_east.Store, 1, 0, "absent"u8, 1000));
    }

    private static long Hide(Region region) => region.Collector.Hide(region.Store, Slots.Of("k"u8), 0, "k"u8, region.NowMs);

    private static KeyDigest Digest(Region region) => KeyDigest.Of(region.Store, Slots.Of("k"u8), 0, "k"u8, region.NowMs);
}
