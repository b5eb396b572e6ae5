namespace MultiCloudKv.Replicator.Transports.Kafka;

/// <summary>Follows this region's own topic up to where it ended when it was opened, and judges which messages continue what is there.</summary>
/// <remarks>Not thread-safe.</remarks>
internal sealed class OwnTail
{
    private readonly Dictionary<int, (long End, uint Incarnation, ulong Last, ulong Highest)> _partitions = [];
    private int _open;

    public OwnTail(IReadOnlyList<FeedStart> from, IReadOnlyDictionary<int, long> ends)
    {
        foreach (FeedStart start in from)
        {
            long end = ends.GetValueOrDefault(start.Partition);
            _partitions[start.Partition] = (end, start.Incarnation, start.Sequence, start.Sequence);
            if (end > 0)
                _open++;
        }
    }

    public bool AtEnd => _open == 0;

    /// <summary>What the topic was seen to have had and does not hold in order; null: nothing.</summary>
    public string? Missing
    {
        get
        {
            foreach ((int partition, (long _, uint _, ulong last, ulong highest)) in _partitions)
            {
                if (highest > last)
                    return $"partition {partition} goes on after sequence {last}, up to {highest}, but what follows it is no longer there";
            }

            return null;
        }
    }

    /// <summary>Takes a message in. True: it continues its partition.</summary>
    public bool Take(int partition, long next, in MessageHeader? header)
    {
        (long end, uint incarnation, ulong last, ulong highest) = _partitions[partition];
        if (end > 0 && next >= end)
        {
            _open--;
            end = 0;
        }

        bool wanted = false;
        if (header is { Kind: MessageKind.Changes } h && (h.Incarnation > incarnation || (h.Incarnation == incarnation && h.Sequence > last)))
        {
            wanted = h.Previous <= last || h.Incarnation > incarnation;
            highest = Math.Max(highest, h.Sequence);
            if (wanted && h.Chunk + 1 >= h.Chunks)
                (incarnation, last) = (h.Incarnation, h.Sequence);
            if (wanted && h.Incarnation > incarnation)
                highest = h.Sequence;
        }

        _partitions[partition] = (end, incarnation, last, highest);
        return wanted;
    }
}
