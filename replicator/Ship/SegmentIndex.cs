using MultiCloudKv.Binlog;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Replicator.Ship;

/// <summary>
/// What one segment holds of each origin and partition, and marks about every <see cref="MarkBytes"/> from which a reader may
/// start. Filled by reading the segment once; a segment that still grows is read further when it is asked again.
/// </summary>
/// <remarks>Not thread-safe; owned by <see cref="LogIndex"/>. About 150 bytes per mark and partition.</remarks>
internal sealed class SegmentIndex(long first)
{
    private const long MarkBytes = 4 << 20;
    private readonly Dictionary<(byte Origin, int Partition), SequenceRange> _ranges = [];
    private readonly List<Mark> _marks = [];

    public long First { get; } = first;

    /// <summary>Read up to here.</summary>
    public long ScannedTo { get; private set; } = first;

    public uint IncarnationFirst { get; private set; } = uint.MaxValue;

    public uint IncarnationLast { get; private set; }

    public SequenceRange? RangeOf(byte origin, int partition) =>
        _ranges.TryGetValue((origin, partition), out SequenceRange range) ? range : null;

    /// <summary>Reads on, up to <paramref name="end"/>.</summary>
    /// <returns>False: the segment is gone.</returns>
    public bool Scan(BinlogReader reader, long end, Partitions partitions)
    {
        if (ScannedTo >= end)
            return true;
        if (!reader.TrySeek(ScannedTo))
            return false;
        while (reader.Position < end)
        {
            long position = reader.Position;
            BinlogReadStatus status = reader.Read(out BinlogRecord record);
            if (status == BinlogReadStatus.AtCommitted)
                break;
            if (status != BinlogReadStatus.Record)
                return false;
            if (record.Position >= end)
            {
                ScannedTo = end;
                break;
            }

            if (_marks.Count == 0 || position - _marks[^1].Position >= MarkBytes)
                _marks.Add(new Mark(position, record.Hlc, new Dictionary<(byte, int), SequenceRange>(_ranges)));
            Add(record, partitions);
            ScannedTo = reader.Position;
        }

        return true;
    }

    /// <summary>The last place from which a reader sees every change of a partition above a sequence; this segment must hold one at or below it, or the one after it first.</summary>
    public long StartFor(byte origin, int partition, ulong afterSequence)
    {
        long start = First;
        foreach (Mark mark in _marks)
        {
            bool before = mark.Ranges.TryGetValue((origin, partition), out SequenceRange range);
            if (before && range.Last > afterSequence)
                break;
            // Start before the last change the receiver has, where this segment holds it: its history is then seen.
            if (before && range.Last == afterSequence)
                break;
            start = mark.Position;
        }

        return start;
    }

    /// <summary>The last mark whose record is not younger than a time.</summary>
    public long? PositionAt(ulong hlc)
    {
        long? position = null;
        foreach (Mark mark in _marks)
        {
            if (mark.Hlc > hlc)
                break;
            position = mark.Position;
        }

        return position;
    }

    private void Add(in BinlogRecord record, Partitions partitions)
    {
        if (record.Kind == RecordKind.Own)
        {
            foreach (ChangeGroup group in record.Groups)
                Add(record.Origin, partitions.Of(group.Slot), group.Sequence, record.Incarnation);
            IncarnationFirst = Math.Min(IncarnationFirst, record.Incarnation);
            IncarnationLast = Math.Max(IncarnationLast, record.Incarnation);
        }
        else if (record.Kind is RecordKind.RemoteBatch or RecordKind.TakenBack)
        {
            RemoteBatch batch = RemoteBatch.Read(record.Body);
            while (batch.MoveNext())
                Add(record.Origin, partitions.Of(batch.Group.Slot), batch.Group.Sequence, batch.Incarnation);
        }
    }

    private void Add(byte origin, int partition, ulong sequence, uint incarnation)
    {
        _ranges[(origin, partition)] = _ranges.TryGetValue((origin, partition), out SequenceRange range)
            ? new SequenceRange(range.First, sequence, incarnation)
            : new SequenceRange(sequence, sequence, incarnation);
    }

    private readonly record struct Mark(long Position, ulong Hlc, Dictionary<(byte Origin, int Partition), SequenceRange> Ranges);
}
