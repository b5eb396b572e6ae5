namespace MultiCloudKv.Replicator.Ship;

/// <summary>What was shipped, for status and metrics. Thread-safe.</summary>
public sealed class ShipCounters
{
    private long _changes;
    private long _bytes;
    private long _position;

    public long Changes => Interlocked.Read(ref _changes);

    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>The furthest position given to any receiver.</summary>
    public long Position => Interlocked.Read(ref _position);

    public void Add(int changes, int bytes)
    {
        Interlocked.Add(ref _changes, changes);
        Interlocked.Add(ref _bytes, bytes);
    }

    public void Shipped(long position)
    {
        long before = Interlocked.Read(ref _position);
        while (position > before && Interlocked.CompareExchange(ref _position, position, before) is var now && now != before)
            before = now;
    }
}
