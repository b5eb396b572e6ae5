using System.Globalization;
using MultiCloudKv.Merge.Records;
using MultiCloudKv.Merge.State;
using MultiCloudKv.Merge.Tests.Support;
using MultiCloudKv.Merge.Transactions;

namespace MultiCloudKv.Merge.Tests.Changes;

public sealed class SmallSortedSetTests
{
    private readonly Region _region = new(1, []);

    [Fact]
    public void Set_WithinTheLimits_HasNoScoreRecords()
    {
        Fill(SmallSortedSet.MembersMax);
        Assert.Equal(0, Scores);
        Assert.Equal(Names(SmallSortedSet.MembersMax), Walk(double.NegativeInfinity, double.PositiveInfinity, reverse: false));
        Assert.Equal(["m003", "m002", "m001"], Walk(1, 3, reverse: true));
    }

    [Fact]
    public void Set_ThatOutgrowsTheCount_IsIndexedUntilItsLastMemberGoes()
    {
        Fill(SmallSortedSet.MembersMax + 1);
        Assert.Equal(SmallSortedSet.MembersMax + 1, Scores);
        Assert.Equal(Names(SmallSortedSet.MembersMax + 1), Walk(double.NegativeInfinity, double.PositiveInfinity, reverse: false));
        foreach (string name in Names(SmallSortedSet.MembersMax + 1).Skip(1))
            _region.Write("z", z => z.Remove(Region.Bytes(name)));
        Assert.Equal(1, Scores);
        _region.Write("z", z => z.Remove("m000"u8));
        Assert.Equal(0, Scores);
        Fill(2);
        Assert.Equal((2, 0), (_region.Count(RecordKind.Element), Scores));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Member_TooLongToSort_IndexesTheSet(bool first)
    {
        byte[] member = Region.Bytes(new string('x', SmallSortedSet.MemberBytesMax + 1));
        if (!first)
            Fill(2);
        _region.Write("z", z => z.WriteScore(member, 1.5));
        if (first)
            Fill(2);
        Assert.Equal(3, Scores);
        Assert.Equal(["m000", "m001", Region.Text(member)], Walk(double.NegativeInfinity, double.PositiveInfinity, reverse: false));
    }

    [Fact]
    public void Members_OfOneScore_StandInTheOrderOfTheirNames()
    {
        _region.Write("z", z =>
        {
            z.WriteScore("b"u8, 0);
            z.WriteScore("a"u8, -0.0);
            z.WriteScore("aa"u8, 0);
        });
        Assert.Equal(["a", "aa", "b"], Walk(0, 0, reverse: false));
        Assert.Equal(["b", "aa", "a"], Walk(0, 0, reverse: true));
    }

    [Fact]
    public void Set_WrittenWithScoreRecordsBelowTheLimit_KeepsThem()
    {
        var before = new Region(1, [], plainPath: true, smallMax: 0);
        before.Write("z", z => z.WriteScore("m000"u8, 0));
        foreach ((byte[] key, byte[] value) in before.Store.Records)
            _region.Store.Put(key, value);
        _region.Clock = before.Clock;
        _region.Write("z", z => z.WriteScore("m001"u8, 1));
        _region.Write("z", z => z.WriteScore("m000"u8, 2));
        Assert.Equal(2, Scores);
        Assert.Equal(["m001", "m000"], Walk(double.NegativeInfinity, double.PositiveInfinity, reverse: false));
    }

    /// <summary>What the change will read of the other members, the command reads before: afterwards nobody can wait.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Member_ThatOutgrows_WaitsForTheOthersBeforeItIsWritten(bool increment)
    {
        Fill(SmallSortedSet.MembersMax);
        var reads = new List<string>();
        _region.Store.Scanned = reads;
        _region.Transaction.Begin(_region.NowMs, _region.Clock + 1);
        KeyView z = _region.Transaction.Open("z"u8);
        z.WriteScore("m000"u8, 7);
        Assert.Empty(reads);
        _region.Transaction.Begin(_region.NowMs, _region.Clock + 1);
        z = _region.Transaction.Open("z"u8);
        if (increment)
            z.Increment(ElementType.SortedSet, "new"u8, Number.Of(1.5));
        else
            z.WriteScore("new"u8, 1.5);
        Assert.Equal(SmallSortedSet.MembersMax, reads.Count);
        z.WriteScore("newer"u8, 1.5);
        Assert.Equal(SmallSortedSet.MembersMax, reads.Count);
    }

    private int Scores => _region.Count(RecordKind.ScoreIndex);

    private static string[] Names(int count) => [.. Enumerable.Range(0, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"m{i:d3}"))];

    private void Fill(int count)
    {
        foreach ((int i, string name) in Names(count).Index())
            _region.Write("z", z => z.WriteScore(Region.Bytes(name), i));
    }

    private List<string> Walk(double min, double max, bool reverse)
    {
        var names = new List<string>();
        using ElementCursor cursor = _region.Open("z").ScanScores(min, max, reverse);
        while (cursor.MoveNext())
            names.Add(Region.Text(cursor.Element));
        return names;
    }
}
