using MultiCloudKv.Foundation;

namespace MultiCloudKv.Server.Storage;

/// <summary>Per partition the stamp of this region's last change in the binlog, and which past of the node made it.</summary>
/// <remarks>Raised by every commit, with a stripe of the partition held; lock-free, since several stripes make one partition.</remarks>
internal sealed class OwnEnds
{
    private readonly ulong[] _times;
    private readonly Past?[] _pasts;

    public OwnEnds(int partitions)
    {
        _times = new ulong[partitions];
        _pasts = new Past?[partitions];
    }

    public ulong Hlc(int partition) => Volatile.Read(ref _times[partition]);

    public Past? Of(int partition) => Volatile.Read(ref _pasts[partition]);

    public void Raise(int partition, ulong hlc, Past past)
    {
        ref ulong time = ref _times[partition];
        ulong seen = Volatile.Read(ref time);
        while (hlc > seen)
        {
            ulong before = Interlocked.CompareExchange(ref time, hlc, seen);
            if (before == seen)
                break;
            seen = before;
        }

        if (!ReferenceEquals(_pasts[partition], past))
            Volatile.Write(ref _pasts[partition], past);
    }

    /// <summary>Writes the ends. They may be newer than the cut they go with: replay from the cut raises them again.</summary>
    public void WriteTo(ByteWriter to)
    {
        for (int i = 0; i < _times.Length; i++)
        {
            Past? past = Of(i);
            to.WriteUInt64(Hlc(i));
            to.WriteUInt32(past?.Incarnation ?? 0);
            (past?.History ?? default).Write(to.Reserve(HistoryId.Length));
        }
    }

    public void ReadFrom(ref ByteReader from)
    {
        for (int i = 0; i < _times.Length && !from.Failed; i++)
        {
            ulong hlc = from.ReadUInt64();
            uint incarnation = from.ReadUInt32();
            ReadOnlySpan<byte> history = from.Take(HistoryId.Length);
            if (!from.Failed && hlc != 0)
                Raise(i, hlc, new Past(incarnation, HistoryId.Read(history)));
        }
    }
}
