using MultiCloudKv.Foundation;

namespace MultiCloudKv.Merge;

/// <summary>
/// What this node has applied and what the other regions have said they have applied.
/// <para>
/// <b>Applied</b>: per slot and region the stamp of its last change applied here. Contexts of own changes are copies of
/// it, duplicates and holes are judged by it.
/// </para>
/// <para>
/// <b>Known</b>: per partition and region the newest context heard from it, and its clock when it made that context
/// (heartbeats bring both). What every region is known to have applied can no longer be met by a concurrent change, and
/// that decides what may be collected.
/// </para>
/// <para>
/// <b>Cleared</b>: contexts of clear-slot changes that were ahead of the applied vector; they go when it has caught up.
/// </para>
/// </summary>
/// <remarks>
/// Applied and cleared times of a slot are owned by whoever holds the slot's stripe. Known contexts are immutable
/// snapshots, replaced whole under a lock and read without one.
/// </remarks>
public sealed class SlotVectors
{
    private readonly Lock _lock = new();
    private readonly ulong[]?[] _applied = new ulong[]?[256];
    private readonly HeardContext?[][] _known;
    private readonly Dictionary<(int Slot, uint Namespace), StampVector>[] _cleared;
    private byte[] _regions;
    private byte[] _peers = [];

    /// <param name="self">This node's region.</param>
    /// <param name="partitions">Partitions of the generation: heartbeats speak of these.</param>
    public SlotVectors(byte self, Partitions partitions)
    {
        ArgumentOutOfRangeException.ThrowIfZero(self);
        Self = self;
        Partitions = partitions;
        _known = new HeardContext?[partitions.Count][];
        _cleared = new Dictionary<(int, uint), StampVector>[partitions.Count];
        for (int i = 0; i < partitions.Count; i++)
        {
            _known[i] = new HeardContext?[256];
            _cleared[i] = [];
        }

        _applied[self] = new ulong[Slots.Count];
        _regions = [self];
    }

    /// <summary>This node's region.</summary>
    public byte Self { get; }

    public Partitions Partitions { get; }

    /// <summary>Every region that has an entry, this one included, ascending.</summary>
    public ReadOnlySpan<byte> Regions => Volatile.Read(ref _regions);

    /// <summary>The other regions whose say counts for collection: neither removed nor waiting for a resync.</summary>
    public ReadOnlySpan<byte> Peers => Volatile.Read(ref _peers);

    /// <summary>Replaces <see cref="Peers"/>.</summary>
    public void SetPeers(ReadOnlySpan<byte> peers)
    {
        byte[] sorted = peers.ToArray();
        Array.Sort(sorted);
        Invariant.Check(!sorted.Contains(Self));
        foreach (byte peer in sorted)
            Column(peer);
        Volatile.Write(ref _peers, sorted);
    }

    /// <summary>Time of the last change of a region applied to a slot, 0 for none.</summary>
    public ulong Applied(int slot, byte region)
    {
        ulong[]? column = _applied[region];
        return column is null ? 0 : column[slot];
    }

    /// <summary>Asks the processor's caches for the applied times of a slot.</summary>
    public void Prefetch(int slot)
    {
        foreach (byte region in Regions)
            CacheLine.Prefetch(ref _applied[region]![slot]);
    }

    /// <summary>Sets an applied time: by the applier, or when a checkpoint is loaded.</summary>
    public void SetApplied(int slot, byte region, ulong hlc)
    {
        ulong[]? column = _applied[region];
        if (column is null)
        {
            if (hlc == 0)
                return;
            column = Column(region);
        }

        column[slot] = hlc;
    }

    /// <summary>The applied vector of a slot.</summary>
    public void CopyApplied(int slot, StampVector to)
    {
        to.Clear();
        foreach (byte region in Regions)
            to.Raise(region, _applied[region]![slot]);
    }

    /// <summary>The context of a change made now: the slot's applied vector without this region, as <see cref="StampVector.WriteTo"/> writes it.</summary>
    public void WriteContext(int slot, ByteWriter to)
    {
        ReadOnlySpan<byte> regions = Regions;
        int live = 0;
        foreach (byte region in regions)
            live += region != Self && _applied[region]![slot] != 0 ? 1 : 0;
        to.WriteVarInt((ulong)live);
        foreach (byte region in regions)
        {
            ulong hlc = _applied[region]![slot];
            if (region == Self || hlc == 0)
                continue;
            to.WriteByte(region);
            to.WriteVarInt(hlc);
        }
    }

    /// <summary>
    /// Takes note of a context a region has made: it had applied everything up to <paramref name="applied"/> (its own stamps
    /// included) of this partition when its clock stood at <paramref name="clockMs"/>. Contexts only grow.
    /// </summary>
    public void Heard(int partition, byte region, StampVector applied, long clockMs)
    {
        lock (_lock)
        {
            HeardContext? before = _known[partition][region];
            StampVector context = applied.Copy();
            if (before is not null)
                context.Raise(before.Applied);
            var after = new HeardContext(context, Math.Max(clockMs, before?.ClockMs ?? 0));
            Volatile.Write(ref _known[partition][region], after);
        }
    }

    /// <summary>The newest context heard from a region; null when none was. Not to be changed.</summary>
    public HeardContext? Known(int partition, byte region) => Volatile.Read(ref _known[partition][region]);

    /// <summary>True when every peer is known to have applied this change.</summary>
    public bool KnownEverywhere(int slot, byte region, ulong hlc)
    {
        HeardContext?[] known = _known[Partitions.Of(slot)];
        foreach (byte peer in Peers)
        {
            if (Volatile.Read(ref known[peer]) is not { } heard || heard.Applied[region] < hlc)
                return false;
        }

        return true;
    }

    /// <summary>True when a region's say counts: this region, or a peer.</summary>
    public bool Counts(byte region) => region == Self || Peers.Contains(region);

    /// <summary>Contexts of clear-slot changes ahead of the applied vector, null when there are none.</summary>
    public StampVector? Cleared(int slot, uint ns) =>
        _cleared[Partitions.Of(slot)] is { Count: > 0 } cleared ? ClearedIn(cleared, slot, ns) : null;

    /// <summary>Raises <see cref="Cleared"/>.</summary>
    public void RaiseCleared(int slot, uint ns, byte region, ulong hlc)
    {
        Dictionary<(int, uint), StampVector> cleared = _cleared[Partitions.Of(slot)];
        lock (cleared)
        {
            if (!cleared.TryGetValue((slot, ns), out StampVector? vector))
                cleared[(slot, ns)] = vector = new StampVector();
            vector.Raise(region, hlc);
        }
    }

    /// <summary>Every cleared context of a partition, for a checkpoint.</summary>
    public IReadOnlyList<(int Slot, uint Namespace, StampVector Context)> AllCleared(int partition)
    {
        Dictionary<(int Slot, uint Namespace), StampVector> cleared = _cleared[partition];
        lock (cleared)
            return [.. cleared.Select(p => (p.Key.Slot, p.Key.Namespace, p.Value.Copy()))];
    }

    /// <summary>Drops cleared contexts the applied vector of a slot has caught up with, and those of regions that no longer count.</summary>
    public void CollectCleared(int slot)
    {
        Dictionary<(int Slot, uint Namespace), StampVector> cleared = _cleared[Partitions.Of(slot)];
        if (cleared.Count == 0)
            return;
        lock (cleared)
        {
            foreach ((int Slot, uint Namespace) at in cleared.Keys.Where(k => k.Slot == slot).ToArray())
            {
                var left = new StampVector();
                StampVector context = cleared[at];
                for (int i = 0; i < context.Count; i++)
                {
                    (byte region, ulong hlc) = context.At(i);
                    if (hlc > Applied(slot, region) && Counts(region))
                        left.Raise(region, hlc);
                }

                if (left.Count == 0)
                    cleared.Remove(at);
                else
                    cleared[at] = left;
            }
        }
    }

    private static StampVector? ClearedIn(Dictionary<(int, uint), StampVector> cleared, int slot, uint ns)
    {
        lock (cleared)
            return cleared.GetValueOrDefault((slot, ns));
    }

    private ulong[] Column(byte region)
    {
        lock (_lock)
        {
            if (_applied[region] is { } there)
                return there;
            var column = new ulong[Slots.Count];
            Volatile.Write(ref _applied[region], column);
            byte[] regions = [.. _regions, region];
            Array.Sort(regions);
            Volatile.Write(ref _regions, regions);
            return column;
        }
    }
}
