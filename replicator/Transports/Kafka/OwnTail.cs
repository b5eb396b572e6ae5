namespace MultiCloudKv.Replicator.Transports.Kafka;

/// <summary>Follows this region's own topic up to where it ended when it was opened, and judges which messages continue what is there.</summary>
/// <remarks>Not thread-safe.</remarks>
internal sealed class OwnTail
{
    private readonly Dictionary<int, (uint Incarnation, ulong Last, ulong Highest)> _partitions;
    private readonly Dictionary<int, long> _open;

    /// <param name="ends">By the topic's partitions, of those that are to be read.</param>
    public OwnTail(IReadOnlyList<FeedStart> from, IReadOnlyDictionary<int, long> ends)
    {
        _partitions = from.ToDictionary(f => f.Partition, f => (f.Incarnation, f.Sequence, f.Sequence));
        _open = new Dictionary<int, long>(ends);
    }

    public bool AtEnd => _open.Count == 0;

    /// <summary>What the topic was seen to have had and does not hold in order; null: nothing.</summary>
    public string? Missing
    {
        get
        {
            foreach ((int partition, (uint _, ulong last, ulong highest)) in _partitions)
            {
                if (highest > last)
                    return $"partition {partition} goes on after sequence {last}, up to {highest}, but what follows it is no longer there";
            }

            return null;
        }
    }

    /// <summary>Everything in front of an offset of one of the topic's partitions has been read.</summary>
    public void Pass(int kafka, long next)
    {
        if (_open.TryGetValue(kafka, out long end) && next >= end)
            _open.Remove(kafka);
    }

    /// <summary>Takes a message in. True: it continues its partition.</summary>
    public bool Take(in MessageHeader header)
    {
        if (header.Kind != MessageKind.Changes)
            return false;
        (uint incarnation, ulong last, ulong highest) = _partitions[header.Partition];
        if (header.Incarnation < incarnation || (header.Incarnation == incarnation && header.Sequence <= last))
            return false;
        bool wanted = header.Previous <= last || header.Incarnation > incarnation;
        highest = Math.Max(highest, header.Sequence);
        if (wanted && header.Chunk + 1 >= header.Chunks)
            (incarnation, last) = (header.Incarnation, header.Sequence);
        if (wanted && header.Incarnation > incarnation)
            highest = header.Sequence;
        _partitions[header.Partition] = (incarnation, last, highest);
        return wanted;
    }
}
