namespace MultiCloudKv.Foundation;

/// <summary>
/// A node's hybrid logical clock. <see cref="Next"/> never returns a value twice and never goes back, whatever the
/// wall clock does; <see cref="Observe"/> raises it to a stamp that was received or recovered.
/// </summary>
/// <remarks>Thread-safe: one compare-and-swap per call. The wall clock is injected.</remarks>
public sealed class HybridClock
{
    private readonly TimeProvider _time;
    private ulong _last;

    /// <param name="time">Source of wall time.</param>
    /// <param name="start">The highest time known from before; the first stamp is above it.</param>
    public HybridClock(TimeProvider time, ulong start = 0)
    {
        _time = time;
        _last = start;
    }

    /// <summary>The highest time issued or observed so far.</summary>
    public ulong Last => Volatile.Read(ref _last);

    /// <summary>Wall clock of this node, Unix milliseconds, without the logical part.</summary>
    public long WallMs => _time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>
    /// The time by which this node decides what has expired: wall clock, but never behind a stamp already seen.
    /// </summary>
    public long NowMs => Math.Max(WallMs, HybridTime.PhysicalMs(Last));

    /// <summary>Issues the next time: above everything issued or observed, at least the wall clock.</summary>
    public ulong Next()
    {
        ulong wall = HybridTime.FromMs(WallMs);
        while (true)
        {
            ulong last = Volatile.Read(ref _last);
            ulong next = Math.Max(last + 1, wall);
            if (Interlocked.CompareExchange(ref _last, next, last) == last)
                return next;
        }
    }

    /// <summary>Raises the clock to a time that was received from elsewhere or read back at recovery.</summary>
    public void Observe(ulong hlc)
    {
        while (true)
        {
            ulong last = Volatile.Read(ref _last);
            if (hlc <= last || Interlocked.CompareExchange(ref _last, hlc, last) == last)
                return;
        }
    }

    /// <summary>How far a received time is ahead of this node's wall clock; negative when it is behind.</summary>
    public TimeSpan Ahead(ulong hlc) => TimeSpan.FromMilliseconds(HybridTime.PhysicalMs(hlc) - WallMs);
}
