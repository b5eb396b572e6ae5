using MultiCloudKv.Foundation;
using MultiCloudKv.Rpc.Messages;

namespace MultiCloudKv.Replicator.Progress;

/// <summary>
/// Up to where the node has applied each origin's partitions, as it acknowledged it, and what each origin last said of
/// itself. Peers that start are answered from here.
/// </summary>
/// <remarks>Thread-safe by a lock; at most 255 origins times the number of partitions.</remarks>
public sealed class CursorBoard
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(byte Origin, int Partition), PartitionCursor> _cursors = [];

    /// <summary>Takes the node's own answer: what it says replaces what was believed.</summary>
    public void Load(IEnumerable<Cursor> cursors)
    {
        lock (_lock)
        {
            foreach (Cursor c in cursors)
                _cursors[((byte)c.Origin, (int)c.Partition)] = PartitionCursor.From(c);
        }
    }

    public PartitionCursor Of(byte origin, int partition)
    {
        lock (_lock)
            return _cursors.TryGetValue((origin, partition), out PartitionCursor? cursor) ? cursor : PartitionCursor.None(origin, partition);
    }

    /// <summary>The node acknowledged changes. More of the last stamp may come: a transaction may touch several slots of a partition.</summary>
    public void Applied(PartitionCursor cursor)
    {
        lock (_lock)
        {
            PartitionCursor before = _cursors.GetValueOrDefault((cursor.Origin, cursor.Partition)) ?? PartitionCursor.None(cursor.Origin, cursor.Partition);
            _cursors[(cursor.Origin, cursor.Partition)] = cursor with { Frontier = Math.Max(before.Frontier, cursor.Stamp - 1), Known = before.Known };
        }
    }

    /// <summary>The node acknowledged a heartbeat.</summary>
    public void Heartbeat(byte origin, int partition, ulong frontier, StampVector applied)
    {
        lock (_lock)
        {
            PartitionCursor before = _cursors.GetValueOrDefault((origin, partition)) ?? PartitionCursor.None(origin, partition);
            StampVector known = before.Known.Copy();
            known.Raise(applied);
            _cursors[(origin, partition)] = before with { Frontier = Math.Max(before.Frontier, frontier), Known = known };
        }
    }

    public IReadOnlyList<PartitionCursor> All()
    {
        lock (_lock)
            return [.. _cursors.Values];
    }

    /// <summary>Origins any cursor or any heard context names.</summary>
    public IReadOnlySet<byte> Origins()
    {
        var origins = new HashSet<byte>();
        lock (_lock)
        {
            foreach (PartitionCursor cursor in _cursors.Values)
            {
                origins.Add(cursor.Origin);
                for (int i = 0; i < cursor.Known.Count; i++)
                    origins.Add(cursor.Known.At(i).Region);
            }
        }

        return origins;
    }

    /// <summary>The peer that said it has applied most of an origin's partition, and up to where; region 0: none said anything.</summary>
    public (byte Peer, ulong Frontier) MostKnown(byte origin, int partition)
    {
        (byte, ulong) most = (0, 0);
        lock (_lock)
        {
            foreach (PartitionCursor cursor in _cursors.Values)
            {
                if (cursor.Partition == partition && cursor.Origin != origin && cursor.Known[origin] > most.Item2)
                    most = (cursor.Origin, cursor.Known[origin]);
            }
        }

        return most;
    }
}
