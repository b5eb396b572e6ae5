using MultiCloudKv.Foundation;
using MultiCloudKv.Merge.State;

namespace MultiCloudKv.Merge.Changes;

/// <summary>The change being applied: its stamp, what its writer had seen, and how that compares with what is applied here.</summary>
/// <remarks>Reused; owned by one applier.</remarks>
internal sealed class ChangeContext(SlotVectors vectors)
{
    private readonly StampVector _seen = new();

    public IRecordStore Store { get; private set; } = null!;

    public int Slot { get; private set; }

    public byte Origin { get; private set; }

    public ulong Hlc { get; private set; }

    public long NowMs { get; private set; }

    /// <summary>The context is ahead of what is applied here for some region: it must be remembered.</summary>
    public bool Ahead { get; private set; }

    public SlotVectors Vectors => vectors;

    /// <summary>Starts a change whose context stands encoded in its group.</summary>
    public void Begin(IRecordStore store, int slot, Stamp stamp, ReadOnlySpan<byte> context, long nowMs)
    {
        var reader = new ByteReader(context);
        _seen.ReadFrom(ref reader);
        Start(store, slot, stamp, nowMs);
    }

    /// <summary>Starts an own change made now: its context is the slot's applied vector.</summary>
    public void BeginOwn(IRecordStore store, int slot, Stamp stamp, long nowMs)
    {
        vectors.CopyApplied(slot, _seen);
        _seen[vectors.Self] = 0;
        Start(store, slot, stamp, nowMs);
    }

    /// <summary>Had the writer seen this stamp of this region? Its own earlier ones always.</summary>
    public bool Saw(byte region, ulong hlc) => region == Origin || hlc <= _seen[region];

    /// <summary>The writer's context for a region.</summary>
    public ulong Of(byte region) => _seen[region];

    /// <summary>Remembers the context where it is ahead of what is applied here.</summary>
    public void RaiseAhead(StampVector seen)
    {
        if (!Ahead)
            return;
        for (int i = 0; i < _seen.Count; i++)
        {
            (byte region, ulong hlc) = _seen.At(i);
            if (region != Origin && hlc > vectors.Applied(Slot, region))
                seen.Raise(region, hlc);
        }
    }

    /// <summary>Remembers the context of a clear-slot where it is ahead of what is applied here.</summary>
    public void RaiseCleared(uint ns)
    {
        if (!Ahead)
            return;
        for (int i = 0; i < _seen.Count; i++)
        {
            (byte region, ulong hlc) = _seen.At(i);
            if (region != Origin && hlc > vectors.Applied(Slot, region))
                vectors.RaiseCleared(Slot, ns, region, hlc);
        }
    }

    /// <summary>The writer had seen everything that touched the key, so what it removes is all there is.</summary>
    public bool CoversTouch(StampVector touch)
    {
        for (int i = 0; i < touch.Count; i++)
        {
            (byte region, ulong hlc) = touch.At(i);
            if (!Saw(region, hlc))
                return false;
        }

        return true;
    }

    /// <summary>
    /// True when a touch by another region, which this change covers, need no longer be kept: everybody is known to have
    /// applied it. This region has; so have the region itself and the origin, which says so here.
    /// </summary>
    public bool IsSettled(byte region, ulong hlc)
    {
        foreach (byte peer in vectors.Peers)
        {
            if (peer == region || peer == Origin)
                continue;
            if (vectors.Known(vectors.Partitions.Of(Slot), peer) is not { } heard || heard.Applied[region] < hlc)
                return false;
        }

        return true;
    }

    private void Start(IRecordStore store, int slot, Stamp stamp, long nowMs)
    {
        Store = store;
        Slot = slot;
        Origin = stamp.Region;
        Hlc = stamp.Hlc;
        NowMs = nowMs;
        Ahead = false;
        for (int i = 0; i < _seen.Count; i++)
        {
            (byte region, ulong hlc) = _seen.At(i);
            Ahead |= region != Origin && hlc > vectors.Applied(slot, region);
        }
    }
}
