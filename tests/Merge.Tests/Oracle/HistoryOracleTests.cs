namespace MultiCloudKv.Merge.Tests.Oracle;

/// <summary>The judge judged: what the oracle derives from histories small enough to be worked out by hand.</summary>
public sealed class HistoryOracleTests
{
    private const int Slot = 0;
    private const long Never = long.MaxValue;
    private readonly History _history = new();

    [Fact]
    public void View_OfNothing_IsNothing() => Assert.Null(_history.View("k", Slot, 0));

    [Fact]
    public void ConcurrentWrites_LaterShows_BothAreRegisters()
    {
        Add(0, 10, [0, 0], HistoryAction.Write("k", ElementName.String, "a"));
        Add(1, 20, [0, 0], HistoryAction.Write("k", ElementName.String, "b"));
        Assert.Equal("b", View()!.Elements[ElementName.String]);
        Assert.Equal(2, View()!.Registers.Count);
    }

    [Fact]
    public void RemovalSawOne_OtherStays()
    {
        Add(0, 10, [0, 0], HistoryAction.Write("k", new('m', "x"), ""));
        Add(1, 20, [0, 0], HistoryAction.Write("k", new('m', "y"), ""));
        Add(0, 30, [10, 0], HistoryAction.RemoveKey("k"));
        Assert.Equal("y", Assert.Single(View()!.Elements).Key.Name);
    }

    [Fact]
    public void IncrementUnseenByAnOverwrite_IsAddedToIt()
    {
        Add(0, 10, [0, 0], HistoryAction.Increment("k", ElementName.String, 5));
        Add(1, 20, [10, 0], HistoryAction.Write("k", ElementName.String, "100"));
        Add(0, 15, [10, 0], HistoryAction.Increment("k", ElementName.String, 2));
        Assert.Equal("102", View()!.Elements[ElementName.String]);
    }

    [Fact]
    public void ConcurrentExpiries_LongestHolds_AndHidesWhenItPasses()
    {
        Add(0, 10, [0, 0], HistoryAction.Write("k", ElementName.String, "a"));
        Add(0, 20, [10, 0], HistoryAction.Expire("k", 100));
        Add(1, 30, [10, 0], HistoryAction.Expire("k", 200));
        Assert.Equal(200, View()!.ExpiryMs);
        Assert.NotNull(_history.View("k", Slot, 199));
        Assert.Null(_history.View("k", Slot, 200));
    }

    [Fact]
    public void OwnExpiry_SeenByPersist_CountsNoMore()
    {
        Add(0, 10, [0, 0], HistoryAction.Write("k", ElementName.String, "a", 100));
        Assert.Equal(100, View()!.ExpiryMs);
        Add(1, 20, [10, 0], HistoryAction.Expire("k", Never));
        Assert.Equal(Never, View()!.ExpiryMs);
    }

    [Fact]
    public void View_ByVector_LeavesOutWhatIsNotApplied()
    {
        Add(0, 10, [0, 0], HistoryAction.Write("k", ElementName.String, "a"));
        Add(1, 20, [10, 0], HistoryAction.RemoveKey("k"));
        Assert.NotNull(_history.View("k", Slot, 0, [10, 19]));
        Assert.Null(_history.View("k", Slot, 0, [10, 20]));
        Assert.Null(_history.View("k", Slot, 0, [0, 20]));
    }

    [Fact]
    public void NumbersInText_OnlyInTheirPlainForm()
    {
        Assert.True(PlainNumber.TryParse("-12.50", out decimal number));
        Assert.Equal("-12.5", PlainNumber.Text(number));
        Assert.All(new[] { "", "-", "1-", "1.2.3", "1e3", " 1", "text" }, text => Assert.False(PlainNumber.TryParse(text, out _)));
    }

    private OracleView? View() => _history.View("k", Slot, 0);

    private void Add(int region, ulong hlc, ulong[] context, params HistoryAction[] actions)
    {
        var change = new HistoryChange(region, Slot, context) { Hlc = hlc };
        change.Actions.AddRange(actions);
        _history.Add(change);
    }
}
