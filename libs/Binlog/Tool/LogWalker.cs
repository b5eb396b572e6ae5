using MultiCloudKv.Foundation;

namespace MultiCloudKv.Binlog;

/// <summary>
/// Walks a segment file, or all segments of a directory, without a writer's help and without changing anything. In a directory with a live writer it ends at what is committed.
/// </summary>
internal sealed class LogWalker : IDisposable
{
    private readonly string _directory;
    private readonly List<long> _firsts;
    private readonly bool _single;
    private SegmentReader? _segment;
    private readonly long _limit = long.MaxValue;
    private int _at;

    /// <param name="path">A segment file or a binlog directory.</param>
    /// <exception cref="EnvironmentException">It is neither.</exception>
    public LogWalker(string path)
    {
        _single = !Directory.Exists(path);
        if (_single)
        {
            if (!File.Exists(path) || !SegmentNames.TryParse(path, out long first))
                throw new EnvironmentException($"{path} is neither a binlog directory nor a segment in one (16 hexadecimal digits and {SegmentNames.Extension})", ExitCodes.Usage);
            _directory = Path.GetDirectoryName(Path.GetFullPath(path))!;
            _firsts = [first];
        }
        else
        {
            _directory = path;
            _firsts = SegmentNames.List(path);
            if (_firsts.Count == 0)
                throw new EnvironmentException($"no binlog segment is in {path}", ExitCodes.Usage);
        }

        First = _firsts[0];
        Position = First;
        string durable = Path.Combine(_directory, SegmentNames.Durable);
        if (File.Exists(durable))
            Durable = DurableFile.TryRead(durable, out long value, out _) ? value : -1;
        using CommittedFile? committed = CommittedFile.TryOpen(Path.Combine(_directory, SegmentNames.Committed));
        if (committed is not null && committed.State == CommittedFile.StateOpen && committed.BootId == CommittedFile.CurrentBootId())
            _limit = committed.Committed;
    }

    public long First { get; }

    /// <summary>Where the next record is looked for.</summary>
    public long Position { get; private set; }

    /// <summary>The recorded durable position; -1 when it can't be read, null when there is no such file.</summary>
    public long? Durable { get; }

    public int Segments { get; private set; }

    public SegmentHeader? Header => _segment?.Header;

    /// <summary>Why the walk ended before the log did; empty when it ended by itself.</summary>
    public string Problem { get; private set; } = "";

    /// <summary>The file the walk is, or ended, in.</summary>
    public string FilePath => SegmentNames.PathOf(_directory, _firsts[Math.Min(_at, _firsts.Count - 1)]);

    public long Offset => Position - _firsts[Math.Min(_at, _firsts.Count - 1)];

    public bool MoveNext(out BinlogRecord record)
    {
        record = default;
        while (Position < _limit)
        {
            if (_segment is null && !OpenSegment())
                return false;
            long next = !_single && _at + 1 < _firsts.Count ? _firsts[_at + 1] : long.MaxValue;
            SegmentReadStatus status = _segment!.Read(Position, Math.Min(next, _limit), out record, out string problem);
            if (status == SegmentReadStatus.Record)
            {
                Position = record.End;
                return true;
            }

            if (Position == next)
            {
                _segment.Dispose();
                _segment = null;
                _at++;
                continue;
            }

            if (status == SegmentReadStatus.Bad)
                Problem = problem;
            else if (next != long.MaxValue)
                Problem = $"no record is there, and the next segment begins at {next}";
            else if (Position < Durable && !_single)
                Problem = $"the log ends here, and was durable up to {Durable}";
            return false;
        }

        return false;
    }

    public void Dispose() => _segment?.Dispose();

    private bool OpenSegment()
    {
        _segment = SegmentReader.TryOpen(FilePath, BinlogReader.DefaultBufferBytes, out string problem);
        if (_segment is null || _segment.First != _firsts[_at])
        {
            Problem = _segment is null ? problem : $"the header names position {_segment.First}";
            return false;
        }

        Segments++;
        Position = _segment.First + SegmentHeader.Length;
        return true;
    }
}
