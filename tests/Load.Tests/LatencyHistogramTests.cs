namespace MultiCloudKv.Load.Tests;

public class LatencyHistogramTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(1_000_000)]
    [InlineData(123_456_789_012)]
    public void Milliseconds_OneValue_IsKeptWithinTwoPercent(long nanoseconds)
    {
        LatencyHistogram histogram = new();
        histogram.Record(nanoseconds);
        histogram.Record(nanoseconds * 2);
        Assert.InRange(histogram.Milliseconds(0.5) * 1e6, nanoseconds, (nanoseconds * 1.02) + 0.5);
    }

    [Fact]
    public void Milliseconds_Percentiles_FollowTheRanks()
    {
        LatencyHistogram histogram = new();
        for (int value = 1; value <= 1000; value++)
            histogram.Record(value * 1_000_000L);
        Assert.InRange(histogram.Milliseconds(0.5), 500, 510);
        Assert.InRange(histogram.Milliseconds(0.99), 990, 1000);
        Assert.Equal(1000, histogram.Milliseconds(1));
    }
}
