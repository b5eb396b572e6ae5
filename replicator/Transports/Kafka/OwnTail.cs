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

    /// <summary>Takes a message in. True: it continues its partition.</summary>
    /// <param name="kafka">The topic's partition.</param>
    /// <param name="next">The offset behind the message.</param>
    /// <param name="header">Null: nothing that is wanted.</param>
    public bool Take(int kafka, long next, in MessageHeader? header)
    {
        if (_open.TryGetValue(kafka, out long end) && next >= end)
            _open.Remove(kafka);
        if (header is not { Kind: MessageKind.Changes } h)
            return false;
        (uint incarnation, ulong last, ulong highest) = _partitions[h.Partition];
        if (h.Incarnation < incarnation || (h.Incarnation == incarnation && h.Sequence <= last))
            return false;
        bool wanted = h.Previous <= last || h.Incarnation > incarnation;
        highest = Math.Max(highest, h.Sequence);
        if (wanted && h.Chunk + 1 >= h.Chunks)
            (incarnation, last) = (h.Incarnation, h.Sequence);
        if (wanted && h.Incarnation > incarnation)
            highest = h.Sequence;
        _partitions[h.Partition] = (incarnation, last, highest);
        return wanted;
    }
}
