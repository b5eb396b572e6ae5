using MultiCloudKv.Foundation;
using MultiCloudKv.Merge.Collection;
using MultiCloudKv.Merge.State;
using MultiCloudKv.Merge.Tests.Support;

namespace MultiCloudKv.Merge.Tests.Collection;

public sealed class StateInstallerTests
{
    private static readonly int Slot = Slots.Of("k"u8);

    private readonly Region _east = new(1, [2]);
    private readonly Region _west = new(2, [1]);

    [Fact]
    public void Install_OverAnEmptyRegion_GivesTheSameState()
    {
        _east.Write("k", k => k.Write(ElementType.Hash, "f"u8, "v"u8));
        _east.Write("{k}z", k => k.WriteScore("m"u8, 3));
        _east.Write("{k}s", k => k.Set("x"u8, 9000));
        Install(_west, _east);
        Assert.Equal("Hash: f=v", _west.Show("k"));
        Assert.Equal("SortedSet: m=3", _west.Show("{k}z"));
        Assert.Equal(9000, _west.Open("{k}s").ExpiryMs);
        Assert.Equal(3, _west.Keys);
        Assert.Equal(_east.Store.Dump(), _west.Store.Dump());
        Assert.Equal(_east.Vectors.Applied(Slot, 1), _west.Vectors.Applied(Slot, 1));
    }

    [Fact]
    public void Install_KeepsWhatTheSourceHadNotSeen_AndRemovesWhatItRemoved()
    {
        _west.Apply(_east.Write("k", k => k.Write(ElementType.Set, "gone"u8, default)));
        _west.Apply(_east.Write("k", k => k.Write(ElementType.Set, "stays"u8, default)));
        _east.Write("k", k => k.Remove("gone"u8));
        Change unseen = _west.Write("k", k => k.Write(ElementType.Set, "unseen"u8, default))!;
        Install(_west, _east);
        Assert.Equal("Set: stays= unseen=", _west.Show("k"));
        _east.Apply(unseen);
        Assert.Equal("Set: stays= unseen=", _east.Show("k"));
    }

    [Fact]
    public void Install_BringsNothingBackThatWasRemovedHere()
    {
        _west.Apply(_east.Write("k", k => k.Set("v"u8)));
        _west.Write("k", k => k.RemoveKey());
        Install(_west, _east);
        Assert.Equal(("-", 0L), (_west.Show("k"), _west.Keys));
    }

    [Fact]
    public void Install_OfCounters_CountsEachIncrementOnce()
    {
        Change first = _east.Write("k", k => k.Increment(Number.Of(5)))!;
        _west.Apply(first);
        _east.Write("k", k => k.Increment(Number.Of(2)));
        _west.Write("k", k => k.Increment(Number.Of(10)));
        Install(_west, _east);
        Install(_west, _east);
        Assert.Equal("17", _west.String("k"));
    }

    private static void Install(Region target, Region source)
    {
        var applied = new StampVector();
        source.Vectors.CopyApplied(Slot, applied);
        new StateInstaller(target.Vectors, target).InstallSlot(target.Store, source.Store, Slot, applied, [], target.NowMs);
        target.Clock = Math.Max(target.Clock, source.Clock);
    }
}
