namespace MultiCloudKv.Replicator.Apply;

/// <summary>What came from one origin, for status and metrics. Written by its pipeline and its acknowledgement loop; each field by one of them.</summary>
public sealed class OriginCounters
{
    private long _changes;
    private long _bytes;
    private ulong _newestStamp;
    private ulong _newestFrontier;

    public long ChangesApplied => Interlocked.Read(ref _changes);

    public long BytesApplied => Interlocked.Read(ref _bytes);

    public long Duplicates { get; internal set; }

    public long Reships { get; internal set; }

    /// <summary>From the making of the newest change to its acknowledgement by the node here, by both regions' clocks.</summary>
    public double ChangeLagMs { get; private set; }

    public ulong NewestStamp => Volatile.Read(ref _newestStamp);

    /// <summary>Frontier of the newest heartbeat applied; those of all partitions leave the origin together.</summary>
    public ulong NewestFrontier => Volatile.Read(ref _newestFrontier);

    internal void Applied(int changes, int bytes, ulong stamp, double lagMs)
    {
        Interlocked.Add(ref _changes, changes);
        Interlocked.Add(ref _bytes, bytes);
        if (stamp > _newestStamp)
            Volatile.Write(ref _newestStamp, stamp);
        ChangeLagMs = lagMs;
    }

    internal void Heartbeat(ulong frontier)
    {
        if (frontier > _newestFrontier)
            Volatile.Write(ref _newestFrontier, frontier);
    }
}
