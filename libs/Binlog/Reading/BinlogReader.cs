using MultiCloudKv.Foundation;

namespace MultiCloudKv.Binlog;

/// <summary>
/// Follows the log of a live (or ended) writer from another process: reads by position, up to what is committed, through the segments. It only looks: the writer knows nothing of it.
/// </summary>
/// <remarks>Not thread-safe: one per pipeline. A record is valid until the next call.</remarks>
public sealed unsafe class BinlogReader : IDisposable
{
    public const int DefaultBufferBytes = 256 << 10;

    private const long SleepShortNs = 100_000;
    private const long SleepLongNs = 1_000_000;
    private const int SpinsBeforeSleep = 20;
    private const int ShortSleeps = 50;

    private readonly string _directory;
    private readonly int _bufferBytes;
    private readonly CommittedFile _committed;
    private HistoryId _nonce;
    private SegmentReader? _segment;

    private BinlogReader(string directory, CommittedFile committed, int bufferBytes)
    {
        _directory = directory;
        _committed = committed;
        _bufferBytes = bufferBytes;
        _nonce = committed.Nonce;
    }

    /// <summary>Where the next record is read.</summary>
    public long Position { get; private set; }

    /// <summary>End of the last record that may be read.</summary>
    public long Committed => Volatile.Read(ref _committed.Committed);

    /// <summary>End of the last committed record that holds changes this region originated, its clients' own or taken back.</summary>
    public long Originated => Volatile.Read(ref _committed.Originated);

    /// <summary>Synced up to here.</summary>
    public long Durable => Volatile.Read(ref _committed.Durable);

    /// <summary>Nothing before it is kept.</summary>
    public long FirstRetained => Volatile.Read(ref _committed.FirstRetained);

    /// <summary>True while a writer has the directory open (or died without closing it).</summary>
    public bool IsOpen => Volatile.Read(ref _committed.State) == CommittedFile.StateOpen;

    /// <summary>Names one opening of the directory by its writer.</summary>
    public HistoryId Session => _committed.Nonce;

    /// <summary>The history that is being written.</summary>
    public HistoryId History => _committed.History;

    /// <summary>Null while no writer has made the directory yet.</summary>
    public static BinlogReader? TryOpen(string directory, int bufferBytes = DefaultBufferBytes)
    {
        CommittedFile? committed = CommittedFile.TryOpen(Path.Combine(directory, SegmentNames.Committed));
        return committed is null ? null : new BinlogReader(directory, committed, bufferBytes);
    }

    /// <summary>Moves to a position: one that a record, or the log, was seen to end at, or a segment's first.</summary>
    /// <returns>False when it is no longer, or not yet, there.</returns>
    public bool TrySeek(long position)
    {
        _segment?.Dispose();
        _segment = null;
        _nonce = _committed.Nonce;
        Position = position;
        if (position > Committed)
            return false;
        List<long> firsts = SegmentNames.List(_directory);
        int at = firsts.FindLastIndex(f => f <= position);
        if (at < 0)
            return false;
        _segment = SegmentReader.TryOpen(SegmentNames.PathOf(_directory, firsts[at]), _bufferBytes, out _);
        return _segment is not null;
    }

    /// <summary>Reads the next record.</summary>
    /// <exception cref="EnvironmentException">What is committed can't be read: the segment is damaged.</exception>
    public BinlogReadStatus Read(out BinlogRecord record)
    {
        record = default;
        ulong state = Volatile.Read(ref _committed.State);
        if (state is not (CommittedFile.StateOpen or CommittedFile.StateClosed))
            return BinlogReadStatus.AtCommitted;
        if (_committed.Nonce != _nonce)
            return BinlogReadStatus.Reopened;
        while (true)
        {
            long limit = Committed;
            if (Position >= limit)
                return BinlogReadStatus.AtCommitted;
            if (_segment is null && !Open(Position))
                return BinlogReadStatus.Gone;
            long from = Position == _segment!.First ? Position + SegmentHeader.Length : Position;
            if (from >= limit)
                return BinlogReadStatus.AtCommitted;
            SegmentReadStatus status = _segment.Read(from, limit, out record, out string problem);
            if (status == SegmentReadStatus.Record)
            {
                CheckUnderstood(record);
                Position = record.End;
                return BinlogReadStatus.Record;
            }

            if (status == SegmentReadStatus.Bad)
                throw Damaged(_segment, from, problem);

            // A segment may hold no record at all: those of its session were lost with the power, and the next session began behind its head.
            SegmentReader ended = _segment;
            if (!Open(from))
            {
                if (FirstRetained > from)
                    return BinlogReadStatus.Gone;
                throw Damaged(ended, from, "neither a record nor the next segment is there");
            }

            Position = from;
            ended.Dispose();
        }
    }

    /// <summary>Waits until more than <paramref name="position"/> is committed. Polls: soon after activity every tenth of a millisecond, later every millisecond.</summary>
    /// <returns>False after <paramref name="timeout"/>.</returns>
    public bool WaitForCommitted(long position, TimeSpan timeout, CancellationToken cancellation = default)
    {
        long deadline = Environment.TickCount64 + (long)timeout.TotalMilliseconds;
        for (int round = 0; ; round++)
        {
            if (Committed > position || _committed.Nonce != _nonce)
                return true;
            if (cancellation.IsCancellationRequested || Environment.TickCount64 >= deadline)
                return false;
            if (round < SpinsBeforeSleep)
                Thread.SpinWait(20);
            else
                Sleep(round < SpinsBeforeSleep + ShortSleeps ? SleepShortNs : SleepLongNs);
        }
    }

    public void Dispose()
    {
        _segment?.Dispose();
        _committed.Dispose();
    }

    internal static void CheckUnderstood(in BinlogRecord record)
    {
        ushort unknown = RecordExtensions.NotUnderstood(record.Extensions);
        if (unknown != 0)
            throw new EnvironmentException($"the binlog record at {record.Position} has an extension of type {unknown:x4} that this program doesn't know and must: it was written by a newer version");
    }

    private static void Sleep(long nanoseconds)
    {
        long* time = stackalloc long[2];
        time[0] = 0;
        time[1] = nanoseconds;
        _ = NativeFiles.Sleep(time, null);
    }

    private static EnvironmentException Damaged(SegmentReader segment, long position, string problem) =>
        new($"binlog segment {segment.Path} is damaged at offset {position - segment.First} (position {position}), below what was committed: {problem}", ExitCodes.DataAtRisk);

    private bool Open(long first)
    {
        SegmentReader? next = SegmentReader.TryOpen(SegmentNames.PathOf(_directory, first), _bufferBytes, out _);
        if (next is null)
            return false;
        _segment = next;
        return true;
    }
}
