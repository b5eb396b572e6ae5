namespace MultiCloudKv.Binlog;

/// <summary>
/// Everything about segments that an append must not wait for: prepares the next one (space allocated, first pages present), makes pages of the current one present ahead of the writer, gives
/// back the unused end of ended ones; and keeps the list of those that are there.
/// </summary>
/// <remarks>One helper thread. What both sides touch is under the append lock, which is never held during a system call here.</remarks>
internal sealed class SegmentKeeper : IDisposable
{
    private static readonly TimeSpan RetrySpace = TimeSpan.FromMilliseconds(250);

    private const long AlwaysAheadBytes = 128 << 10;

    private readonly Lock _gate;
    private readonly BinlogOptions _options;
    private readonly AutoResetEvent _wake = new(initialState: true);
    private readonly List<SegmentInfo> _sealed;
    private readonly Queue<AppendSegment> _ended = new();
    private readonly Thread _thread;
    private readonly BinlogSeams _seams;
    private readonly long _populateAhead;
    private AppendSegment _current;
    private AppendSegment? _next;
    private string? _noRoom;
    private long _wakeAt;
    private int _prepared;
    private volatile bool _synced;
    private volatile bool _stopping;

    public SegmentKeeper(Lock gate, BinlogOptions options, AppendSegment current, IEnumerable<SegmentInfo> sealedSegments, BinlogSeams seams)
    {
        _gate = gate;
        _options = options;
        _current = current;
        _seams = seams;
        _populateAhead = options.Sync == SyncPolicy.Always ? Math.Min(options.PopulateAheadBytes, AlwaysAheadBytes) : options.PopulateAheadBytes;
        _sealed = [.. sealedSegments];
        _thread = new Thread(Run) { IsBackground = true, Name = "binlog-prepare" };
    }

    /// <summary>Why there is no next segment; null while there is one, or may be.</summary>
    public string? NoRoom => Volatile.Read(ref _noRoom);

    /// <summary>What <see cref="NoRoom"/> said last: whoever was refused asks for the reason a moment later, when the helper may have found room.</summary>
    public string? LastProblem { get; private set; }

    /// <summary>Whether there is a next segment; made here when the helper is late. Under the append lock.</summary>
    public bool EnsureNext()
    {
        if (_next is null && _noRoom is null)
            _next = PrepareNow(_options.SegmentBytes);
        return _next is not null;
    }

    public void Start() => _thread.Start();

    /// <summary>Called after each append, under the append lock: the helper is woken each half window.</summary>
    public void Written(long offset)
    {
        if (offset < _wakeAt)
            return;
        _wakeAt = offset + (_populateAhead / 2);
        _wake.Set();
    }

    /// <summary>
    /// Called after each sync. It left the pages ahead clean and write-protected: the next touch of each would fault again, in the appender, and there wait for the file system's
    /// journal. Where every write is synced that is left so: it is nothing beside the sync, and making a window dirty for each sync would be more.
    /// </summary>
    public void Synced()
    {
        if (_options.Sync == SyncPolicy.Always)
            return;
        _synced = true;
        _wake.Set();
    }

    /// <summary>The next segment, made here when the helper is late or the record larger than a segment. Null when there is no room. Under the append lock.</summary>
    public AppendSegment? TakeNext(long bytes)
    {
        AppendSegment? next = _next;
        if (next is not null && next.Capacity >= bytes)
        {
            _next = null;
            return next;
        }

        return PrepareNow(Math.Max(_options.SegmentBytes, (bytes + 4095) & ~4095L));
    }

    /// <summary>Takes back a segment that could not be begun: nothing of it is part of the log yet. Under the append lock.</summary>
    public void GiveUp(AppendSegment next, string problem)
    {
        next.Dispose();
        next.DeleteFile();
        Refuse(problem);
        _wake.Set();
    }

    /// <summary>Under the append lock.</summary>
    public void Rolled(AppendSegment ended, AppendSegment current)
    {
        _sealed.Add(new SegmentInfo(ended.First, ended.First + ended.Offset, ended.Header.History, ended.FirstHlc, ended.LastHlc, Current: false));
        _ended.Enqueue(ended);
        _current = current;
        _wakeAt = 0;
        _wake.Set();
    }

    public List<SegmentInfo> List()
    {
        lock (_gate)
        {
            AppendSegment current = _current;
            return [.. _sealed, new SegmentInfo(current.First, current.First + current.Offset, current.Header.History, current.FirstHlc, current.LastHlc, Current: true)];
        }
    }

    /// <summary>Removes from the list the ended segments before a position.</summary>
    public List<SegmentInfo> Take(long position)
    {
        lock (_gate)
        {
            List<SegmentInfo> gone = _sealed.FindAll(s => s.End <= position);
            _sealed.RemoveRange(0, gone.Count);
            return gone;
        }
    }

    /// <summary>Ends the thread and lets the prepared segment go.</summary>
    public void Dispose()
    {
        _stopping = true;
        _wake.Set();
        _thread.Join();
        SealEnded();
        _next?.Dispose();
        _next?.DeleteFile();
        _wake.Dispose();
    }

    private void Run()
    {
        while (!_stopping)
        {
            AppendSegment current;
            bool wanted;
            lock (_gate)
            {
                current = _current;
                wanted = _next is null;
            }

            bool again = _synced;
            _synced = false;
            current.Populate(_populateAhead, again);
            SealEnded();
            if (wanted)
                PrepareNext();
            _wake.WaitOne(NoRoom is null ? Timeout.InfiniteTimeSpan : RetrySpace);
        }
    }

    private void PrepareNext()
    {
        AppendSegment? next = Prepare(_options.SegmentBytes, out string problem);
        next?.Populate(_populateAhead, again: false);
        AppendSegment? surplus;
        lock (_gate)
        {
            Refuse(next is null ? problem : null);
            surplus = _next is null ? null : next;
            _next ??= next;
        }

        surplus?.Dispose();
        surplus?.DeleteFile();
    }

    private AppendSegment? PrepareNow(long capacity)
    {
        AppendSegment? next = Prepare(capacity, out string problem);
        if (next is null && _next is null)
        {
            Refuse(problem);
            _wake.Set();
        }

        return next;
    }

    /// <summary>Under the append lock.</summary>
    private void Refuse(string? problem)
    {
        LastProblem = problem ?? LastProblem;
        Volatile.Write(ref _noRoom, problem);
    }

    private AppendSegment? Prepare(long capacity, out string problem)
    {
        problem = _seams.RefuseSpace() ?? "";
        if (problem.Length > 0)
            return null;
        string name = $"{Interlocked.Increment(ref _prepared):x}{SegmentNames.PreparedExtension}";
        return AppendSegment.Prepare(Path.Combine(_options.Directory, name), capacity, _options.Mode, out problem);
    }

    private void SealEnded()
    {
        while (true)
        {
            AppendSegment? ended;
            lock (_gate)
                _ended.TryDequeue(out ended);
            if (ended is null)
                return;
            ended.Seal();
            ended.Release();
        }
    }
}
