namespace MultiCloudKv.Server.Tests.Storage;

/// <summary>A wall clock that can jump and a monotonic one that can't.</summary>
internal sealed class TwoClocks : TimeProvider
{
    private TimeSpan _monotonic = TimeSpan.FromHours(3);
    private DateTimeOffset _wall = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => _wall;

    public override long GetTimestamp() => _monotonic.Ticks;

    public void Pass(TimeSpan time)
    {
        _monotonic += time;
        _wall += time;
    }

    public void Jump(TimeSpan time) => _wall += time;
}
