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
/// then added, so that a jump of it counts at once. While the estimate still gets better (a link catching up) there is no
/// verdict.
/// <para>Thread-safe.</para>
/// </remarks>
public sealed class PeerClocks(TimeProvider time, HybridClock clock, TimeSpan driftMax)
{
    private const double BetterMs = 20;

    /// <summary>A peer that was not heard for so long has no say.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(10);

    /// <summary>The estimate is the smallest difference of this and the span before it.</summary>
    private static readonly TimeSpan Span = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<byte, Estimate> _heard = new();

    public void Heard(byte region, long clockMs)
    {
        long now = time.GetTimestamp();
        double difference = MonotonicMs(now) - clockMs;
        _heard.AddOrUpdate(
            region,
            _ => new Estimate(difference, double.MaxValue, now, now, now),
            (_, before) =>
            {
                Estimate turned = time.GetElapsedTime(before.SpanBegan, now) < Span ? before : before with { Current = double.MaxValue, Previous = before.Current, SpanBegan = now };
                return turned with
                {
                    Current = Math.Min(turned.Current, difference),
                    BetterAt = difference < turned.Best - BetterMs ? now : turned.BetterAt,
                    HeardAt = now,
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
            if (time.GetElapsedTime(peer.BetterAt, now) < Settled)
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
    /// <param name="BetterAt">When the estimate last got clearly smaller.</param>
    private sealed record Estimate(double Current, double Previous, long SpanBegan, long BetterAt, long HeardAt)
    {
        public double Best => Math.Min(Current, Previous);
    }
}
