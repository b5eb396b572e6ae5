using MultiCloudKv.Binlog;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Replicator.Ship;

/// <summary>
/// Places in the log that shippers have passed, with the last sequence of each partition there: a peer that was cut off and returns is
/// placed by them, without a pass over what it missed. A mark says that whatever of a partition lies above its sequence lies above its position.
/// </summary>
/// <remarks>Thread-safe. In memory, of one opening of the log, at most <see cref="SequencesMax"/> sequences; the oldest marks go first.</remarks>
internal sealed class ShipMarks
{
    private const long MarkBytes = 1 << 20;
    private const int SequencesMax = 256 << 10;
    private readonly Lock _lock = new();
    private readonly List<(long Position, ulong[] Sequences)> _marks = [];
    private HistoryId _session;

    /// <summary>Adds a mark where the last one is far enough behind.</summary>
    /// <param name="session">The opening of the log that was read.</param>
    /// <param name="position">Everything below it was passed.</param>
    /// <param name="sequenceOf">The last sequence of a partition; null where nothing is known.</param>
    public void Pass(HistoryId session, long position, int partitions, Func<int, ulong?> sequenceOf)
    {
        lock (_lock)
        {
            if (session != _session)
            {
                _marks.Clear();
                _session = session;
            }

            if (_marks.Count > 0 && position < _marks[^1].Position + MarkBytes)
                return;
            if (_marks.Count * partitions >= SequencesMax)
                _marks.RemoveRange(0, _marks.Count / 2);
            ulong[] sequences = new ulong[partitions];
            for (int p = 0; p < partitions; p++)
                sequences[p] = sequenceOf(p) ?? ulong.MaxValue;
            _marks.Add((position, sequences));
        }
    }

    /// <summary>
    /// The last place that lies before a change of a partition: reading from there sees that change, by which its history is known, and all
    /// behind it. Null where no mark of this opening does, or the log no longer reaches back to it.
    /// </summary>
    public long? Before(BinlogReader log, int partition, ulong sequence)
    {
        lock (_lock)
        {
            if (log.Session != _session)
                return null;
            int at = _marks.FindLastIndex(mark => mark.Sequences[partition] < sequence);
            return at >= 0 && _marks[at].Position >= log.FirstRetained ? _marks[at].Position : null;
        }
    }
}
