using MultiCloudKv.Foundation;
using MultiCloudKv.Merge.Records;
using MultiCloudKv.Merge.State;
using MultiCloudKv.Merge.Tests.Support;
using MultiCloudKv.Merge.Transactions;

namespace MultiCloudKv.Merge.Tests.Transactions;

public sealed class TransactionTests
{
    private readonly Region _region = new(1, [2]);

    [Fact]
    public void Reads_AfterWritesOfTheSameTransaction_SeeThem()
    {
        _region.Commit(t =>
        {
            KeyView k = t.Open("k"u8);
            Assert.False(k.Exists);
            for (int i = 0; i < 5; i++)
                k.Write(ElementType.Hash, Region.Bytes("f" + i), Region.Bytes("v" + i));
            Assert.False(k.Contains("other"u8));
            Assert.True(k.TryGet("f3"u8, out ReadOnlySpan<byte> value));
            Assert.Equal("v3", Region.Text(value));
            Assert.Equal(5, k.Count);
            Assert.True(k.Remove("f3"u8));
            Assert.Equal(4, t.Open("k"u8).Count);
            Assert.False(k.Contains("f3"u8));
        });
        Assert.Equal("Hash: f0=v0 f1=v1 f2=v2 f4=v4", _region.Show("k"));
        Assert.Equal(1, _region.Keys);
    }

    [Fact]
    public void Writes_BeforeTheCommit_ReachNoRecord()
    {
        _region.Transaction.Begin(1000, 1);
        _region.Transaction.Open("k"u8).Set("v"u8);
        Assert.Equal("v", Region.Text(_region.Transaction.Open("k"u8).StringValue));
        Assert.Empty(_region.Store.Records);
        _region.Transaction.Reset();
        Assert.False(_region.Transaction.HasChanges);
    }

    [Fact]
    public void Views_OfOneKey_SeeEachOthersWrites()
    {
        _region.Commit(t =>
        {
            KeyView a = t.Open("k"u8);
            KeyView b = t.Open("k"u8);
            a.Write(ElementType.Set, "m"u8, default);
            Assert.True(b.Contains("m"u8));
            b.Write(ElementType.Set, "n"u8, default);
            Assert.True(a.Contains("n"u8));
            Assert.Equal(2, a.Count);
        });
    }

    [Fact]
    public void Removal_OfTheLastElement_RemovesTheKey()
    {
        _region.Write("k", k => k.Write(ElementType.Set, "m"u8, default));
        _region.Write("k", k => Assert.True(k.Remove("m"u8)));
        Assert.Equal("-", _region.Show("k"));
        Assert.Equal((0, 0), (_region.Keys, _region.Count(RecordKind.Element)));
    }

    [Fact]
    public void WhatChangesNothing_ShipsNothing()
    {
        Assert.Null(_region.Write("k", k => Assert.False(k.RemoveKey())));
        Assert.Null(_region.Write("k", k => Assert.False(k.Remove("m"u8))));
        Assert.Null(_region.Write("k", k => Assert.False(k.Expire(5000))));
        Assert.Null(_region.Commit(t => Assert.False(t.ClearSlot(5))));
        _region.Write("k", k => k.Set("v"u8));
        Assert.Null(_region.Write("k", k => Assert.False(k.Expire(long.MaxValue))));
    }

    [Fact]
    public void Write_ToAnExpiredKey_MakesItAnewWithoutExpiry()
    {
        _region.Write("k", k => k.Write(ElementType.Hash, "old"u8, "1"u8));
        _region.Write("k", k => Assert.True(k.Expire(1500)));
        _region.NowMs = 1500;
        Assert.Equal("-", _region.Show("k"));
        _region.Write("k", k => k.Write(ElementType.Hash, "new"u8, "2"u8));
        Assert.Equal("Hash: new=2", _region.Show("k"));
        Assert.Equal(long.MaxValue, _region.Open("k").ExpiryMs);
        Assert.Equal(1, _region.Keys);
    }

    [Fact]
    public void WriteString_KeepsTheExpiryThatShows()
    {
        _region.Write("k", k => k.Set("a"u8, 5000));
        _region.Write("k", k => k.WriteString("ab"u8));
        Assert.Equal(("ab", 5000), (_region.String("k"), _region.Open("k").ExpiryMs));
    }

    [Fact]
    public void Expire_WithATimeThatHasPassed_RemovesTheKey()
    {
        _region.Write("k", k => k.Set("a"u8));
        _region.Write("k", k => Assert.True(k.Expire(1000)));
        Assert.Equal((0, "-"), (_region.Keys, _region.Show("k")));
    }

    [Fact]
    public void Counters_ReadAsTheirNumber()
    {
        _region.Write("k", k => k.Increment(Number.Of(-7)));
        Assert.Equal("-7", _region.String("k"));
        _region.Write("k", k => k.Increment(Number.Of(0.25m)));
        Assert.Equal("-6.75", _region.String("k"));
        _region.Write("k", k => k.Increment(Number.Of(-0.25m)));
        Assert.Equal("-7", _region.String("k"));
        Assert.True(_region.Open("k").TryGetNumber(out Number number) && number == Number.Of(-7));
    }

    [Fact]
    public void Scans_GoBothWaysFromAnElement()
    {
        _region.Write("k", k =>
        {
            foreach (string m in new[] { "a", "b", "c", "d" })
                k.Write(ElementType.Set, Region.Bytes(m), default);
        });
        Assert.Equal("bcd", Walk(_region.Open("k").Scan("b"u8)));
        Assert.Equal("ba", Walk(_region.Open("k").Scan("b"u8, reverse: true)));
        Assert.Equal("dcba", Walk(_region.Open("k").Scan(reverse: true)));
    }

    [Fact]
    public void Scores_AreFoundByRange()
    {
        _region.Write("k", k =>
        {
            k.WriteScore("low"u8, double.NegativeInfinity);
            k.WriteScore("a"u8, 1);
            k.WriteScore("b"u8, 2);
            k.WriteScore("top"u8, double.PositiveInfinity);
        });
        _region.Write("k", k => k.Increment(ElementType.SortedSet, "a"u8, Number.Of(2.0)));
        Assert.Equal("lowbatop", Walk(_region.Open("k").ScanScores()));
        Assert.Equal("ab", Walk(_region.Open("k").ScanScores(2, 3, reverse: true)));
        Assert.True(_region.Open("k").TryGetScore("a"u8, out double score) && score == 3);
    }

    [Fact]
    public void Want_OfSeveralRecords_ThrowsOnceForAll()
    {
        _region.Write("k", k => k.Write(ElementType.Hash, "f"u8, "v"u8));
        var keys = new RecordKeyBuffer();
        keys.Set(Slots.Of("x"u8), 0, "x"u8);
        _region.Store.Missing.Add(Convert.ToHexString(keys.Meta()));
        _region.Transaction.Begin(1000, _region.Clock + 1);
        Assert.True(_region.Transaction.Want("k"u8));
        Assert.True(_region.Transaction.Open("k"u8).Want("f"u8));
        _region.Transaction.ThrowIfWanting();
        Assert.False(_region.Transaction.Want("x"u8));
        Assert.Throws<NotResidentException>(_region.Transaction.ThrowIfWanting);
        _region.Transaction.Reset();
        _region.Transaction.ThrowIfWanting();
    }

    [Fact]
    public void ClearSlot_WithinATransaction_ShowsAtOnce()
    {
        _region.Write("k", k => k.Set("a"u8));
        _region.Commit(t =>
        {
            Assert.True(t.ClearSlot(Slots.Of("k"u8)));
            Assert.False(t.Open("k"u8).Exists);
            t.Open("k"u8).Write(ElementType.Set, "m"u8, default);
        });
        Assert.Equal(("Set: m=", 1L), (_region.Show("k"), _region.Keys));
    }

    [Fact]
    public void MetaView_OfEveryForm_TellsWhatOpeningTells()
    {
        Action<KeyView>[] writes =
        [
            k => k.Set("a"u8),
            k => k.Set("a"u8, 5000),
            k => k.Expire(6000),
            k => k.RemoveKey(),
            k => k.Increment(Number.Of(1)),
            k => k.RemoveKey(),
            k => k.Write(ElementType.Hash, "f"u8, "1"u8),
            k => k.Increment(ElementType.Hash, "f"u8, Number.Of(1)),
        ];
        foreach (Action<KeyView> write in writes)
        {
            _region.Write("k", write);
            byte[]? meta = _region.Store.Records.SingleOrDefault(r => RecordKeys.Kind(r.Key) == RecordKind.Meta).Value;
            KeyView view = _region.Open("k");
            Assert.Equal(new MetaView(view.Type, view.ExpiryMs, view.Count), MetaView.Read(meta!));
        }
    }

    private static string Walk(ElementCursor cursor)
    {
        using (cursor)
        {
            string text = "";
            while (cursor.MoveNext())
                text += Region.Text(cursor.Element);
            return text;
        }
    }
}
