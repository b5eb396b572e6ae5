using System.Globalization;
using MultiCloudKv.Binlog;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Replicator.Ship;

/// <summary>
/// Finds the place in the node's binlog behind which all changes of an origin's partition above a sequence stand. Built
/// from the segments that are kept, newest first, and only as far back as a question needs: a peer that is up to date
/// costs nothing, one that was away costs one pass over what it missed.
/// </summary>
/// <remarks>Thread-safe by a lock that is held while segments are read. In memory only, built again at each start.</remarks>
public sealed class LogIndex(string directory, Partitions partitions)
{
    private readonly Lock _lock = new();
    private readonly ShipMarks _passed = new();
    private readonly SortedDictionary<long, SegmentIndex> _segments = [];
    private HistoryId _session;

    /// <summary>Looks up where to start reading.</summary>
    /// <returns>Null: the log no longer holds the change after <paramref name="afterSequence"/>, or never held any of it.</returns>
    public long? Locate(byte origin, int partition, ulong afterSequence)
    {
        lock (_lock)
        {
            using BinlogReader? reader = BinlogReader.TryOpen(directory);
            if (reader is null)
                return null;
            List<long> firsts = List(reader);
            long end = reader.Committed;
            for (int i = firsts.Count - 1; i >= 0; i--)
            {
                SegmentIndex segment = SegmentOf(firsts[i]);
                if (!segment.Scan(reader, i + 1 < firsts.Count ? firsts[i + 1] : end, partitions))
                    return null;
                if (segment.RangeOf(origin, partition) is not { } range)
                    continue;
                if (range.First <= afterSequence + 1)
                    return segment.StartFor(origin, partition, afterSequence);
            }

            return null;
        }
    }

    /// <summary>Notes how far a shipper of this region's changes has read.</summary>
    internal void Pass(HistoryId session, long position, Func<int, ulong?> sequenceOf) => _passed.Pass(session, position, partitions.Count, sequenceOf);

    /// <summary>
    /// As <see cref="Locate"/> for a receiver of this region's changes that is of their incarnation, at no cost where a shipper has passed
    /// the place since the replicator started. Null says only that none has.
    /// </summary>
    public long? LocatePassed(int partition, ulong afterSequence)
    {
        using BinlogReader? reader = BinlogReader.TryOpen(directory);
        return reader is null ? null : _passed.Before(reader, partition, afterSequence);
    }

    /// <summary>Where a reader starts that wants everything this region made in an incarnation.</summary>
    public long FirstOf(uint incarnation)
    {
        lock (_lock)
        {
            using BinlogReader? reader = BinlogReader.TryOpen(directory);
            if (reader is null)
                return 0;
            List<long> firsts = List(reader);
            long first = firsts.Count > 0 ? firsts[^1] : 0;
            for (int i = firsts.Count - 1; i >= 0; i--)
            {
                SegmentIndex segment = SegmentOf(firsts[i]);
                if (!segment.Scan(reader, i + 1 < firsts.Count ? firsts[i + 1] : reader.Committed, partitions))
                    break;
                first = firsts[i];
                if (segment.IncarnationFirst < incarnation)
                    break;
            }

            return first;
        }
    }

    /// <summary>A position below which every change with a stamp at or below a time stands, or the first one kept.</summary>
    public long PositionAt(ulong hlc)
    {
        lock (_lock)
        {
            using BinlogReader? reader = BinlogReader.TryOpen(directory);
            if (reader is null)
                return 0;
            List<long> firsts = List(reader);
            for (int i = firsts.Count - 1; i >= 0; i--)
            {
                if (!reader.TrySeek(firsts[i]) || reader.Read(out BinlogRecord record) != BinlogReadStatus.Record)
                    continue;
                if (record.Hlc <= hlc)
                    return _segments.TryGetValue(firsts[i], out SegmentIndex? known) && known.PositionAt(hlc) is { } inner ? inner : firsts[i];
            }

            return firsts.Count > 0 ? firsts[0] : 0;
        }
    }

    /// <summary>First positions of the segments that are kept, ascending.</summary>
    private List<long> List(BinlogReader reader)
    {
        if (reader.Session != _session)
        {
            _segments.Clear();
            _session = reader.Session;
        }

        var firsts = new List<long>();
        foreach (string path in Directory.EnumerateFiles(directory, "*.mlog"))
        {
            if (long.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out long first) && first < reader.Committed)
                firsts.Add(first);
        }

        firsts.Sort();
        foreach (long gone in _segments.Keys.Where(k => firsts.BinarySearch(k) < 0).ToList())
            _segments.Remove(gone);
        return firsts;
    }

    private SegmentIndex SegmentOf(long first)
    {
        if (!_segments.TryGetValue(first, out SegmentIndex? segment))
            _segments[first] = segment = new SegmentIndex(first);
        return segment;
    }
}
