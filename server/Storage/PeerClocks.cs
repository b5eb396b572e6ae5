using System.Collections.Concurrent;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Server.Storage;

/// <summary>
/// Compares this node's clock with what the peers' heartbeats say of theirs. A node that finds itself ahead of every peer
/// it hears by more than the bound refuses its own clients' writes: its stamps would stop its stream at the peers.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class PeerClocks(TimeProvider time, HybridClock clock, TimeSpan driftMax)
{
    /// <summary>A peer that was not heard for so long has no say.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<byte, (long ClockMs, long HeardAt)> _heard = new();

    public void Heard(byte region, long clockMs) => _heard[region] = (clockMs, time.GetTimestamp());

    /// <summary>How far this node's stamps are ahead of the nearest peer heard of late, and that this is too much.</summary>
    public bool IsAhead(out TimeSpan by)
    {
        by = TimeSpan.MaxValue;
        bool any = false;
        foreach ((long clockMs, long heardAt) in _heard.Values)
        {
            TimeSpan age = time.GetElapsedTime(heardAt);
            if (age > Fresh)
                continue;
            any = true;
            TimeSpan ahead = TimeSpan.FromMilliseconds(clock.NowMs - clockMs) - age;
            if (ahead < by)
                by = ahead;
        }

        return any && by > driftMax;
    }
}
