using MultiCloudKv.Foundation;
using MultiCloudKv.Server.Storage;

namespace MultiCloudKv.Server.Tests.Storage;

public sealed class PeerClocksTests
{
    private const byte Peer = 2;
    private readonly TwoClocks _time = new();
    private readonly PeerClocks _clocks;

    public PeerClocksTests() => _clocks = new PeerClocks(_time, new HybridClock(_time), TimeSpan.FromSeconds(5));

    [Fact]
    public void IsAhead_PeerAgrees_IsNot()
    {
        Hear(seconds: 5, late: TimeSpan.Zero);
        Assert.False(_clocks.IsAhead(out _));
    }

    [Fact]
    public void IsAhead_OwnClockJumpsAhead_IsAtOnceAndNoLongerWhenItIsBack()
    {
        Hear(seconds: 5, late: TimeSpan.Zero);
        _time.Jump(TimeSpan.FromMinutes(10));
        Assert.True(_clocks.IsAhead(out TimeSpan by));
        Assert.InRange(by.TotalSeconds, 599, 601);
    }

    [Fact]
    public void IsAhead_HeartbeatsFallBehindUnderLoad_IsNot()
    {
        Hear(seconds: 5, late: TimeSpan.Zero);
        for (int second = 1; second <= 40; second++)
            Hear(seconds: 1, late: TimeSpan.FromSeconds(second / 2.0));
        Assert.False(_clocks.IsAhead(out _));
    }

    [Fact]
    public void IsAhead_FirstHeartbeatsAreOldBecauseTheLinkCatchesUp_IsNot()
    {
        for (int tenth = 100; tenth >= 0; tenth--)
        {
            Hear(seconds: 0.1, late: TimeSpan.FromSeconds(tenth / 10.0));
            Assert.False(_clocks.IsAhead(out _));
        }
    }

    [Theory]
    [InlineData(1.5)]
    [InlineData(8)]
    public void IsAhead_LinkCatchesUpAndStandsStillNowAndThen_IsNot(double speed)
    {
        DateTimeOffset told = _time.GetUtcNow() - TimeSpan.FromMinutes(20);
        for (int beat = 1; told < _time.GetUtcNow(); beat++)
        {
            _time.Pass(TimeSpan.FromMilliseconds(100 / speed) + (beat % 200 == 0 ? TimeSpan.FromSeconds(2.5) : TimeSpan.Zero));
            told += TimeSpan.FromMilliseconds(100);
            _clocks.Heard(Peer, told.ToUnixTimeMilliseconds());
            Assert.False(_clocks.IsAhead(out TimeSpan by), $"heartbeat {beat}: {by}");
        }
    }

    [Fact]
    public void IsAhead_AheadFromTheStart_IsSeenOnceTheEstimateIsSettled()
    {
        _time.Jump(TimeSpan.FromSeconds(30));
        Hear(seconds: 4, late: TimeSpan.FromSeconds(30));
        Assert.True(_clocks.IsAhead(out _));
    }

    [Fact]
    public void IsAhead_NobodyHeardOfLate_HasNoVerdict()
    {
        Hear(seconds: 5, late: TimeSpan.Zero);
        _time.Pass(TimeSpan.FromSeconds(30));
        _time.Jump(TimeSpan.FromMinutes(10));
        Assert.False(_clocks.IsAhead(out _));
    }

    /// <summary>A heartbeat every 100 ms, made so long before it arrives.</summary>
    private void Hear(double seconds, TimeSpan late)
    {
        for (int beat = 0; beat < seconds * 10; beat++)
        {
            _time.Pass(TimeSpan.FromMilliseconds(100));
            _clocks.Heard(Peer, (_time.GetUtcNow() - late).ToUnixTimeMilliseconds());
        }
    }
}
