using MultiCloudKv.Foundation;
using MultiCloudKv.Merge.Changes;
using MultiCloudKv.Merge.Records;
using MultiCloudKv.Merge.State;
using MultiCloudKv.Merge.Tests.Support;
using MultiCloudKv.Merge.Transactions;

namespace MultiCloudKv.Merge.Tests.Changes;

public sealed class ChangeApplierTests
{
    private readonly Region _east = new(1, [2]);
    private readonly Region _west = new(2, [1]);

    [Fact]
    public void Apply_OfTheSameChangeTwice_IsADuplicate()
    {
        Change change = _east.Write("k", k => k.Increment(Number.Of(3)))!;
        Assert.Equal([ApplyResult.Applied], _west.Apply(change));
        string before = _west.Store.Dump();
        Assert.Equal([ApplyResult.Duplicate], _west.Apply(change));
        Assert.Equal(before, _west.Store.Dump());
    }

    [Fact]
    public void Apply_OfAChangeWhosePredecessorIsMissing_IsAHole()
    {
        _east.Write("k", k => k.Set("a"u8));
        Change second = _east.Write("k", k => k.Set("b"u8))!;
        Assert.Equal([ApplyResult.Hole], _west.Apply(second));
        Assert.Equal("-", _west.Show("k"));
    }

    [Fact]
    public void ConcurrentSets_KeepTheLoserAsSibling_UntilAWriteThatSawBoth()
    {
        Exchange(k => k.Set("a"u8), k => k.Set("b"u8));
        AssertBoth("String: b");
        Sibling[] siblings = [.. _east.Open("k").Siblings()];
        Assert.Equal(["b", "a"], siblings.Select(s => Region.Text(s.Value)));
        Assert.Equal([true, false], siblings.Select(s => s.Shows));
        _west.Apply(_east.Write("k", k => k.Set("c"u8)));
        AssertBoth("String: c");
        Assert.Empty(_west.Open("k").Siblings());
    }

    [Fact]
    public void Removal_ConcurrentWithIncrement_KeepsTheUnseenIncrement()
    {
        _west.Apply(_east.Write("k", k => k.Increment(Number.Of(5))));
        Exchange(k => k.Increment(Number.Of(1)), k => k.RemoveKey());
        AssertBoth("String: 1");
    }

    [Fact]
    public void MemberRemoval_ConcurrentWithAddOfAPresentMember_KeepsIt()
    {
        _west.Apply(_east.Write("k", k => k.Write(ElementType.Set, "m"u8, default)));
        Exchange(k => k.Write(ElementType.Set, "m"u8, default), k => k.RemoveKey());
        AssertBoth("Set: m=");
    }

    [Fact]
    public void Types_Concurrent_ShowTheNewerAndListTheOther()
    {
        Exchange(k => k.Set("a"u8), k => k.Write(ElementType.Set, "m"u8, default));
        AssertBoth("Set: m=");
        Assert.Equal("a", Region.Text(Assert.Single(_west.Open("k").Siblings()).Value));
    }

    [Fact]
    public void Types_WhenTheNewestGoes_ShowTheOther()
    {
        Exchange(k => k.Write(ElementType.Hash, "f"u8, "1"u8), k => k.Write(ElementType.SortedSet, "m"u8, new byte[8]));
        AssertBoth("SortedSet: m=0");
        Region third = new(3, [1, 2]);
        Assert.NotNull(third);
        Exchange(k => k.RemoveKey(), k => k.Write(ElementType.SortedSet, "n"u8, new byte[8]));
        AssertBoth("SortedSet: n=0");
    }

    [Fact]
    public void Expiries_Concurrent_TheLaterWins()
    {
        _west.Apply(_east.Write("k", k => k.Set("a"u8)));
        Exchange(k => k.Expire(5000), k => k.Expire(9000));
        Assert.Equal((9000, 9000), (_east.Open("k").ExpiryMs, _west.Open("k").ExpiryMs));
        Assert.Equal(1, _west.Count(RecordKind.ExpiryIndex));
        Exchange(k => k.Expire(long.MaxValue), k => k.Expire(9500));
        Assert.Equal((long.MaxValue, long.MaxValue), (_east.Open("k").ExpiryMs, _west.Open("k").ExpiryMs));
        Assert.Equal(0, _west.Count(RecordKind.ExpiryIndex));
    }

    [Fact]
    public void OwnExpiry_OnceAnExpireHasSeenIt_CountsNoMore()
    {
        _west.Apply(_east.Write("k", k => k.Set("a"u8, 9000)));
        _west.Apply(_east.Write("k", k => k.Expire(5000)));
        Assert.Equal((5000, 5000), (_east.Open("k").ExpiryMs, _west.Open("k").ExpiryMs));
    }

    [Fact]
    public void RemoveKey_OfALargeCollection_DropsItsRecordsAndKeepsConcurrentOnes()
    {
        Change? fill = _east.Write("k", k =>
        {
            for (int i = 0; i < 100; i++)
                k.WriteScore(Region.Bytes("m" + i), i);
        });
        _west.Apply(fill);
        Assert.Equal(100, _west.Count(RecordKind.ScoreIndex));
        Exchange(k => k.RemoveKey(), k => k.WriteScore("new"u8, 1));
        AssertBoth("SortedSet: new=1");
        Assert.Equal((1, 1), (_west.Count(RecordKind.Element), _west.Count(RecordKind.ScoreIndex)));
        Assert.Equal((1, 0), (_east.Count(RecordKind.Element), _east.Count(RecordKind.ScoreIndex)));
    }

    [Fact]
    public void Contexts_AheadOfTheVector_AbsorbWhatArrivesLater()
    {
        var third = new Region(3, [1, 2]);
        Change increment = _east.Write("k", k => k.Increment(Number.Of(5)))!;
        _west.Apply(increment);
        Change removal = _west.Write("k", k => k.RemoveKey())!;
        third.Apply(removal);
        third.Apply(increment);
        Assert.Equal("-", third.Show("k"));
    }

    [Fact]
    public void ClearSlot_RemovesWhatItsWriterSaw()
    {
        _west.Apply(_east.Write("k", k => k.Write(ElementType.Hash, "f"u8, "v"u8)));
        _west.Apply(_east.Write("{k}2", k => k.Set("x"u8)));
        Change unseen = _west.Write("k", k => k.Write(ElementType.Hash, "g"u8, "w"u8))!;
        Change clear = _east.Commit(t => t.ClearSlot(Slots.Of("k"u8)))!;
        _east.Apply(unseen);
        _west.Apply(clear);
        AssertBoth("Hash: g=w");
        Assert.Equal(("-", "-"), (_east.Show("{k}2"), _west.Show("{k}2")));
        Assert.Equal((1, 1), (_east.Keys, _west.Keys));
    }

    [Fact]
    public void Transaction_OfManyOperationsOnAKey_AppliesInOrderUnderOneStamp()
    {
        Change change = _east.Commit(t =>
        {
            t.Open("k"u8).Set("10"u8);
            t.Open("k"u8).Increment(Number.Of(5));
            t.Open("k"u8).Increment(Number.Of(6));
        })!;
        _west.Apply(change);
        AssertBoth("String: 21");
    }

    /// <summary>Runs a command in each region before either hears of the other's, west's later, then delivers both.</summary>
    private void Exchange(Action<KeyView> east, Action<KeyView> west)
    {
        Change? a = _east.Write("k", east);
        _west.NowMs = _east.NowMs + 10;
        Change? b = _west.Write("k", west);
        _east.Apply(b);
        _west.Apply(a);
        _east.NowMs = _west.NowMs;
    }

    private void AssertBoth(string shown) => Assert.Equal((shown, shown), (_east.Show("k"), _west.Show("k")));
}
