using MultiCloudKv.Replicator.Ship;
using MultiCloudKv.Rpc.Configuration;

namespace MultiCloudKv.Replicator.Tests;

/// <summary>How often the log is looked at, with a clock of the test's own.</summary>
public sealed class LookPaceTests
{
    private const long Trickle = 100 << 10;
    private const long Steady = 4 << 20;
    private const long Fast = 20 << 20;
    private const int ManyLooks = 2000;
    private static readonly TimeSpan OnTime = TimeSpan.FromMicroseconds(80);
    private static readonly TimeSpan Late = TimeSpan.FromMicroseconds(400);
    private static readonly TimeSpan VeryLate = TimeSpan.FromMilliseconds(100);

    [Theory]
    [InlineData(false, Trickle, 250)]
    [InlineData(false, Steady, 1000)]
    [InlineData(false, Fast, 5000)]
    [InlineData(true, Trickle, 250)]
    [InlineData(true, Steady, 1500)]
    [InlineData(true, Fast, 5000)]
    public void Pace_OfAHostWithRoom_DependsOnTheTransportAndHowFastTheLogGrows(bool broker, long bytesPerSecond, int microseconds) =>
        Assert.Equal(TimeSpan.FromMicroseconds(microseconds), Run(Pace(broker), bytesPerSecond, OnTime, ManyLooks));

    [Fact]
    public void Pace_WhereSleepsEndLate_IsSlowerByBrokerUnderLoadAndComesBack()
    {
        LookPace pace = Pace(broker: true);
        TimeSpan steady = Run(pace, Steady, OnTime, ManyLooks);
        TimeSpan slower = Run(pace, Steady, Late, ManyLooks);
        Assert.InRange(slower, steady + (2 * Late), steady + (6 * Late));
        Assert.InRange(Run(pace, Steady, OnTime, ManyLooks), steady, steady + TimeSpan.FromMicroseconds(1));
    }

    [Fact]
    public void Pace_WhereSleepsEndLate_IsTheSameWherePeersPull() =>
        Assert.Equal(LookPace.Steady, Run(Pace(broker: false), Steady, Late, ManyLooks));

    [Fact]
    public void Pace_WhereSleepsEndLate_IsNotSlowerWithLittleTraffic() =>
        Assert.Equal(LookPace.Quick, Run(Pace(broker: true), Trickle, Late, ManyLooks));

    [Fact]
    public void Pace_HoweverLate_HasABound() =>
        Assert.Equal(LookPace.Slowest, Run(Pace(broker: true), Steady, VeryLate, ManyLooks));

    [Fact]
    public void Pace_AfterASingleStall_HardlyChanges()
    {
        LookPace pace = Pace(broker: true);
        TimeSpan steady = Run(pace, Steady, OnTime, ManyLooks);
        Assert.InRange(Run(pace, Steady, VeryLate, 1), steady, steady + TimeSpan.FromMilliseconds(0.5));
    }

    [Fact]
    public void Pace_OfAQuietLog_SlowsDownTwiceAndIsQuickWithTheFirstWrite()
    {
        LookPace pace = Pace(broker: false);
        Run(pace, Trickle, OnTime, ManyLooks);
        Assert.Equal(LookPace.Quick, Quiet(pace, LookPace.LooksBeforeIdle - 2));
        Assert.Equal(LookPace.Idle, Quiet(pace, 1));
        Assert.Equal(LookPace.Idle, Quiet(pace, LookPace.LooksBeforeAsleep - LookPace.LooksBeforeIdle - 1));
        Assert.Equal(LookPace.Slowest, Quiet(pace, 1));
        Assert.Equal(LookPace.Quick, Run(pace, Trickle, OnTime, 1));
    }

    private static LookPace Pace(bool broker) => new(broker ? TransportKind.Kafka : TransportKind.Direct);

    /// <summary>Looks each of which finds that this region wrote. Returns the last pause.</summary>
    private static TimeSpan Run(LookPace pace, long bytesPerSecond, TimeSpan late, int looks)
    {
        TimeSpan pause = LookPace.Steady;
        for (int look = 0; look < looks; look++)
        {
            TimeSpan elapsed = pause + late;
            pause = pace.Next(wrote: true, (long)(bytesPerSecond * elapsed.TotalSeconds), elapsed);
        }

        return pause;
    }

    private static TimeSpan Quiet(LookPace pace, int looks)
    {
        TimeSpan pause = LookPace.Quick;
        for (int look = 0; look < looks; look++)
            pause = pace.Next(wrote: false, 0, pause + OnTime);
        return pause;
    }
}
