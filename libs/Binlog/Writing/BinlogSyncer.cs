using MultiCloudKv.Foundation;

namespace MultiCloudKv.Binlog;

/// <summary>
/// Makes the log durable, in rounds on one thread: take the committed position, sync the directory when a segment got its name, sync the segments written
/// since the last round, record the durable position, let the waiters go. Whoever asks while a round runs shares the next one (group commit), or the running one where that covers it.
/// A round that fails is the last: after a failed sync the kernel may have dropped the pages and report success next time.
/// <para>
/// Between the rounds of <see cref="SyncPolicy.EverySecond"/> the system is told every <see cref="WriteInterval"/> to begin writing: a second's worth
/// at once holds a processor for tens of milliseconds on a kernel that does not preempt itself. A write that cannot be begun counts as a failed sync.
/// </para>
/// </summary>
internal sealed class BinlogSyncer : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WriteInterval = TimeSpan.FromMilliseconds(50);

    private readonly Lock _appendGate;
    private readonly Lock _gate = new();
    private readonly BinlogWriter _writer;
    private readonly BinlogOptions _options;
    private readonly BinlogSeams _seams;
    private readonly DurableFile _file;
    private readonly AutoResetEvent _wake = new(initialState: false);
    private readonly Thread _thread;
    private readonly List<AppendSegment> _ended = [];
    private bool _directoryChanged;
    private long _durable;
    private long _fileSyncedAtMs;
    private TaskCompletionSource? _next;
    private TaskCompletionSource? _running;
    private long _runningTarget;
    private EnvironmentException? _failed;
    private volatile bool _stopping;

    public BinlogSyncer(Lock appendGate, BinlogWriter writer, BinlogOptions options, DurableFile file, long durable, BinlogSeams seams)
    {
        _appendGate = appendGate;
        _writer = writer;
        _options = options;
        _file = file;
        _durable = durable;
        _seams = seams;
        _thread = new Thread(Run) { IsBackground = true, Name = "binlog-sync" };
    }

    public long Durable => Volatile.Read(ref _durable);

    public void Start() => _thread.Start();

    /// <summary>Under the append lock: a segment ended. It is synced soon, whatever the policy, so that ended segments don't pile up.</summary>
    public void Rolled(AppendSegment ended)
    {
        _ended.Add(ended);
        _directoryChanged = true;
        _wake.Set();
    }

    public ValueTask Wait(long position)
    {
        if (Durable >= position)
            return ValueTask.CompletedTask;
        lock (_gate)
        {
            if (Durable >= position)
                return ValueTask.CompletedTask;
            if (_failed is not null)
                return ValueTask.FromException(_failed);
            if (_running is not null && position <= _runningTarget)
                return new ValueTask(_running.Task);
            _next ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _wake.Set();
            return new ValueTask(_next.Task);
        }
    }

    /// <summary>Ends the thread, after a last round when <paramref name="sync"/>. Returns whether all is durable.</summary>
    public bool Stop(bool sync)
    {
        _stopping = true;
        _wake.Set();
        _thread.Join();
        if (sync && _failed is null)
        {
            Round();
            SyncFile(force: true);
        }

        lock (_gate)
        {
            _failed ??= new EnvironmentException("the binlog is closed");
            _next?.TrySetException(_failed);
        }

        foreach (AppendSegment ended in _ended)
            ended.Release();
        _ended.Clear();
        _file.Dispose();
        return sync && Durable >= _writer.Committed;
    }

    public void Dispose() => _wake.Dispose();

    private void Run()
    {
        long roundAt = Environment.TickCount64;
        bool writing = false;
        while (!_stopping)
        {
            TimeSpan patience = _options.Sync == SyncPolicy.Os ? Timeout.InfiniteTimeSpan : writing ? WriteInterval : Second;
            bool asked = _wake.WaitOne(patience);
            if (_stopping || _failed is not null)
                continue;
            if (asked || Environment.TickCount64 - roundAt >= (long)Second.TotalMilliseconds)
            {
                roundAt = Environment.TickCount64;
                long before = Durable;
                Round();
                writing = _options.Sync == SyncPolicy.EverySecond && Durable > before;
            }
            else
            {
                StartWriting();
            }
        }
    }

    private void StartWriting()
    {
        AppendSegment current;
        long offset;
        lock (_appendGate)
        {
            current = _writer.SyncTarget().Current;
            offset = current.Offset;
        }

        int error = _seams.StartWriting(current, offset);
        if (error == 0)
            return;
        var failure = Failure(current, "sync_file_range", error);
        _writer.Fail(failure.Message);
        Fail(failure);
    }

    private static EnvironmentException Failure(AppendSegment segment, string call, int error) =>
        new($"{call} of {segment.Path} failed: {NativeFiles.Message(error)}; writes are stopped because they can no longer be made durable", ExitCodes.DataAtRisk);

    private void Round()
    {
        long target;
        AppendSegment current;
        AppendSegment[] ended;
        bool directoryChanged;
        TaskCompletionSource? waiters;
        lock (_gate)
        {
            lock (_appendGate)
            {
                (target, current) = _writer.SyncTarget();
                ended = [.. _ended];
                _ended.Clear();
                directoryChanged = _directoryChanged;
                _directoryChanged = false;
            }

            waiters = _next;
            _next = null;
            _running = waiters;
            _runningTarget = target;
        }

        EnvironmentException? failure = target > Durable ? Sync(current, ended, directoryChanged, target) : null;
        foreach (AppendSegment segment in ended)
            segment.Release();
        lock (_gate)
            _running = null;
        if (failure is not null)
        {
            Fail(failure);
            waiters?.SetException(failure);
            return;
        }

        waiters?.SetResult();
        SyncFile(force: false);
    }

    /// <summary>No round comes any more: whoever waits for the next one is told now.</summary>
    private void Fail(EnvironmentException failure)
    {
        TaskCompletionSource? waiters;
        lock (_gate)
        {
            _failed = failure;
            waiters = _next;
            _next = null;
        }

        waiters?.SetException(failure);
    }

    private EnvironmentException? Sync(AppendSegment current, AppendSegment[] ended, bool directoryChanged, long target)
    {
        Failpoint.Hit("binlog.before-sync");
        try
        {
            if (directoryChanged)
                Foundation.Durable.SyncDirectory(_options.Directory);
            foreach (AppendSegment segment in (ReadOnlySpan<AppendSegment>)[.. ended, current])
            {
                if (_options.Sync != SyncPolicy.Always)
                    segment.LetGo();
                int error = _seams.Sync(segment);
                if (error != 0)
                    throw Failure(segment, "fdatasync", error);
            }

            _file.Write(target);
        }
        catch (Exception e) when (e is EnvironmentException or IOException)
        {
            var failure = e as EnvironmentException ?? new EnvironmentException($"the durable position can't be written: {e.Message}; writes are stopped", ExitCodes.DataAtRisk);
            _writer.Fail(failure.Message);
            return failure;
        }

        Volatile.Write(ref _durable, target);
        _writer.PublishDurable(target);
        return null;
    }

    private void SyncFile(bool force)
    {
        long now = Environment.TickCount64;
        if (!force && now - _fileSyncedAtMs < (long)Second.TotalMilliseconds)
            return;
        _fileSyncedAtMs = now;
        try
        {
            _file.Sync();
        }
        catch (EnvironmentException e)
        {
            _writer.Fail(e.Message);
            Fail(e);
        }
    }
}
