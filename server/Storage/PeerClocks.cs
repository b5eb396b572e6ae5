using System.Collections.Concurrent;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Server.Storage;

/// <summary>
/// Compares this node's clock with what the peers' heartbeats say of theirs. A node that finds itself ahead of every peer
/// it hears by more than the bound refuses its own clients' writes: its stamps would stop its stream at the peers.
/// </summary>
/// <remarks>
/// A heartbeat travels behind the changes before it, so on a link that is behind it is old when it arrives, and its age
/// looks like a clock that is ahead. Therefore each one is held against the monotonic clock, and the smallest difference
/// of the last minutes is the estimate: delay only ever adds. How far the own wall clock is from the monotonic one now is
/// then added, so that a jump of it counts at once.
/// There is no verdict on a link that catches up: not before the peer's own clock, as its heartbeats tell it, has gone on for a while in which the estimate
/// neither got better nor a heartbeat was much later than it. Time that passes here says nothing of that: a link that catches up also stands still.
/// <para>Thread-safe.</para>
/// </remarks>
public sealed class PeerClocks(TimeProvider time, HybridClock clock, TimeSpan driftMax)
{
    private const double BetterMs = 20;
    private const double LateMs = 300;
    private const long SettledMs = 3000;

    /// <summary>A peer that was not heard for so long has no say.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(10);

    /// <summary>The estimate is the smallest difference of this and the span before it.</summary>
    private static readonly TimeSpan Span = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<byte, Estimate> _heard = new();

    public void Heard(byte region, long clockMs)
    {
        long now = time.GetTimestamp();
        double difference = MonotonicMs(now) - clockMs;
        _heard.AddOrUpdate(
            region,
            _ => new Estimate(difference, double.MaxValue, now, now, clockMs, clockMs),
            (_, before) =>
            {
                Estimate turned = time.GetElapsedTime(before.SpanBegan, now) < Span ? before : before with { Current = double.MaxValue, Previous = before.Current, SpanBegan = now };
                bool steady = difference >= turned.Best - BetterMs && difference <= turned.Best + LateMs;
                return turned with
                {
                    Current = Math.Min(turned.Current, difference),
                    HeardAt = now,
                    SteadyFromMs = steady ? turned.SteadyFromMs : clockMs,
                    ClockMs = clockMs,
                };
            });
    }

    /// <summary>How far this node's stamps are ahead of the nearest peer heard of late, and that this is too much.</summary>
    public bool IsAhead(out TimeSpan by)
    {
        by = TimeSpan.MaxValue;
        bool any = false;
        long now = time.GetTimestamp();
        foreach (Estimate peer in _heard.Values)
        {
            if (time.GetElapsedTime(peer.HeardAt, now) > Fresh)
                continue;
            if (peer.ClockMs - peer.SteadyFromMs < SettledMs)
                return false;
            any = true;
            TimeSpan ahead = TimeSpan.FromMilliseconds(peer.Best + clock.NowMs - MonotonicMs(now));
            if (ahead < by)
                by = ahead;
        }

        return any && by > driftMax;
    }

    private double MonotonicMs(long timestamp) => timestamp * 1000.0 / time.TimestampFrequency;

    /// <param name="Current">Smallest difference since <paramref name="SpanBegan"/>.</param>
    /// <param name="Previous">Smallest difference of the span before.</param>
    /// <param name="SteadyFromMs">The peer's clock at the last heartbeat that showed a link that is not steady.</param>
    /// <param name="ClockMs">The peer's clock at the last heartbeat.</param>
    private sealed record Estimate(double Current, double Previous, long SpanBegan, long HeardAt, long SteadyFromMs, long ClockMs)
    {
        public double Best => Math.Min(Current, Previous);
    }
}
