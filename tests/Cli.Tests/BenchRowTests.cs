using MultiCloudKv.Cli.Bench;

namespace MultiCloudKv.Cli.Tests;

public sealed class BenchRowTests
{
    [Fact]
    public void Holds_ComparedRow_JudgesTheRatio()
    {
        Assert.True(BenchRow.Compared("a", "/s", 90, 100, atLeast: 0.9).Holds);
        Assert.False(BenchRow.Compared("a", "/s", 89, 100, atLeast: 0.9).Holds);
        Assert.False(BenchRow.Compared("cpu", "s", 21, 10, atMost: 2).Holds);
        Assert.Null(BenchRow.Compared("a", "/s", 1, 100).Holds);
    }

    [Fact]
    public void Holds_PlainRow_JudgesTheValue()
    {
        Assert.True(BenchRow.Plain("lag", "ms", 1.5, atMost: 1.5).Holds);
        Assert.False(BenchRow.Plain("lag", "ms", double.MaxValue, atMost: 1.5).Holds);
    }

    [Fact]
    public void DoesNotGrow_LagThatRises_IsSeen()
    {
        Assert.True(new LagResult(10, 0, 1, 1, 1, 1, [5, 6, 5, 7, 6, 5]).DoesNotGrow);
        Assert.False(new LagResult(10, 0, 1, 1, 1, 1, [100, 500, 900, 1300, 1700, 2100]).DoesNotGrow);
        Assert.False(new LagResult(10, 3, 1, 1, 1, 1, [1, 1, 1]).DoesNotGrow);
    }
}
