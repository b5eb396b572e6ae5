using System.Diagnostics;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Server.Storage.Cache;

/// <summary>
/// Closes epochs and writes them to the checkpoint.
/// <para>
/// <b>Purpose.</b> The checkpoint moves from one cut of the binlog to the next, whole. What was overwritten within an
/// epoch is written once, and the end of an epoch is a consistent state of the node.
/// </para>
/// <para>
/// <b>Steps.</b> 1. An epoch is due: it is old enough and holds a change, or half of the dirty bound is taken, or someone asks.
/// 2. What was dropped and still stands in the way is freed in small pieces. 3. The host makes the next number current
/// inside the append section: that is the cut. 4. Every stripe is passed: taken, told the new epoch, let go. A writer
/// that appended behind the cut may have told it already. Then everything of the old epoch is applied and frozen.
/// 5. A thread of low priority gathers and sorts the frozen records and writes them, with the host's System records, in
/// one atomic and durable step (<see cref="EpochFlush"/>). No lock is held. 6. Stripe by stripe, a hundred records at
/// a time, what was written is called clean, old images and tombstones are freed. Range drops come first. 7. The host is told.
/// </para>
/// <para>
/// <b>Invariants.</b> One epoch is flushed at a time, and the next is closed only after it: a stripe never holds more than
/// two. A record is called clean only after its write is durable.
/// </para>
/// <para>
/// <b>Failures.</b> Anything that goes wrong in 3 to 6 is handed to the host, which stops the node; nothing is flushed any
/// more, waiting writers are let go. The checkpoint then holds the last epoch that was written whole.
/// </para>
/// </summary>
/// <remarks>Thread-safe. One thread of its own, and one of low priority during a flush.</remarks>
public sealed class EpochManager
{
    private const int CleanBatch = 128;
    private const int ReapBatch = 512;
    private static readonly TimeSpan CheckInterval = TimeSpan.FromMilliseconds(250);

    private readonly RecordCache _cache;
    private readonly object _sync = new();
    private List<TaskCompletionSource<ClosedEpoch>> _asked = [];
    private TaskCompletionSource? _space;
    private IEpochHost? _host;
    private Thread? _thread;
    private Exception? _failure;
    private uint _current;
    private long _flushed;
    private FlushFigures _lastFlush = new(0, 0, 0);
    private int _due;
    private bool _stopping;

    internal EpochManager(RecordCache cache, uint firstEpoch)
    {
        _cache = cache;
        _current = firstEpoch;
        cache.Account.HalfDirty = NoteHalfDirty;
    }

    /// <summary>Number of the open epoch.</summary>
    public uint Current => Volatile.Read(ref _current);

    /// <summary>Epochs written since the start.</summary>
    public long Flushed => Interlocked.Read(ref _flushed);

    internal FlushFigures LastFlush => Volatile.Read(ref _lastFlush);

    /// <summary>Starts the epoch thread. Before that nothing is flushed.</summary>
    public void Start(IEpochHost host)
    {
        lock (_sync)
        {
            Invariant.Check(_thread is null && !_stopping);
            _host = host;
            _thread = new Thread(Run) { Name = "epochs", IsBackground = true };
            _thread.Start();
        }
    }

    /// <summary>Closes the open epoch, also an empty one; the task ends when it is durable in the checkpoint.</summary>
    public Task<ClosedEpoch> CloseAsync()
    {
        var asked = new TaskCompletionSource<ClosedEpoch>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_sync)
        {
            if (_failure is not null || _stopping)
                asked.SetException(_failure ?? new ObjectDisposedException(nameof(EpochManager)));
            else
                _asked.Add(asked);
            Monitor.PulseAll(_sync);
        }

        return asked.Task;
    }

    /// <summary>Ends the epoch thread without closing the open epoch; a flush under way is finished first.</summary>
    public void Stop()
    {
        Thread? thread;
        lock (_sync)
        {
            _stopping = true;
            thread = _thread;
            Monitor.PulseAll(_sync);
            TellOfSpace();
        }

        thread?.Join();
        FailAsked(new ObjectDisposedException(nameof(EpochManager)));
    }

    /// <summary>Holds a writer back until there is room for changed records, or none will ever be. However many wait, no thread does.</summary>
    internal async ValueTask WaitForSpaceAsync(CacheAccount account, CancellationToken cancel)
    {
        NoteHalfDirty();
        while (true)
        {
            Task space;
            lock (_sync)
            {
                if (account.Dirty < account.DirtyMax)
                    return;
                if (_failure is not null || _stopping)
                    break;
                space = (_space ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }

            await space.WaitAsync(cancel).ConfigureAwait(false);
        }

        // Whoever tries again and again until the node has stopped must not keep a client loop's thread meanwhile.
        await Task.Yield();
    }

    /// <summary>Under the lock.</summary>
    private void TellOfSpace()
    {
        _space?.SetResult();
        _space = null;
    }

    private void NoteHalfDirty()
    {
        if (Interlocked.Exchange(ref _due, 1) != 0)
            return;
        lock (_sync)
            Monitor.PulseAll(_sync);
    }

    private void Run()
    {
        long opened = Stopwatch.GetTimestamp();
        TimeSpan age = NextAge();
        try
        {
            while (true)
            {
                List<TaskCompletionSource<ClosedEpoch>> asked;
                lock (_sync)
                {
                    if (_stopping)
                        return;
                    asked = _asked;
                    _asked = [];
                }

                bool due = Interlocked.Exchange(ref _due, 0) != 0 && _cache.Account.Dirty > _cache.Account.DirtyMax / 2;
                if (asked.Count == 0 && !due && (Stopwatch.GetElapsedTime(opened) < age || !HasChanges()))
                {
                    WaitForReason();
                    continue;
                }

                opened = Stopwatch.GetTimestamp();
                age = NextAge();
                ClosedEpoch closed;
                try
                {
                    closed = CloseAndFlush(opened, isAwaited: asked.Count > 0);
                }
                catch
                {
                    lock (_sync)
                        _asked.AddRange(asked);
                    throw;
                }

                foreach (TaskCompletionSource<ClosedEpoch> one in asked)
                    one.SetResult(closed);
            }
        }
        catch (Exception failure)
        {
            lock (_sync)
            {
                _failure = failure;
                TellOfSpace();
            }

            FailAsked(failure);
            _host!.Failed(failure);
        }
    }

    /// <summary>Age at which the next epoch closes: up to a fifth less than the bound, so that nodes started together do not keep writing together.</summary>
    private TimeSpan NextAge() => _cache.Options.EpochTime * (1 - (Random.Shared.NextDouble() / 5));

    private void WaitForReason()
    {
        lock (_sync)
        {
            if (_asked.Count == 0 && !_stopping && Volatile.Read(ref _due) == 0)
                Monitor.Wait(_sync, _cache.Options.EpochTime < CheckInterval ? _cache.Options.EpochTime : CheckInterval);
        }
    }

    private void FailAsked(Exception reason)
    {
        List<TaskCompletionSource<ClosedEpoch>> asked;
        lock (_sync)
        {
            asked = _asked;
            _asked = [];
        }

        foreach (TaskCompletionSource<ClosedEpoch> one in asked)
            one.SetException(reason);
    }

    /// <summary>Somebody waits for the next epoch, so for the end of this one; or the node is stopping.</summary>
    private bool IsAwaited
    {
        get
        {
            lock (_sync)
                return _stopping || _asked.Count > 0;
        }
    }

    private bool HasChanges()
    {
        for (int i = 0; i < RecordCache.StripeCount; i++)
        {
            if (_cache[i].Records.DirtyCount > 0)
                return true;
        }

        return false;
    }

    private ClosedEpoch CloseAndFlush(long started, bool isAwaited)
    {
        ClearDropped();
        uint epoch = _current;
        Failpoint.Hit("epoch-before-cut");
        _host!.Cut(epoch + 1);
        Volatile.Write(ref _current, epoch + 1);
        var closed = new ClosedEpoch(epoch);
        for (int i = 0; i < RecordCache.StripeCount; i++)
        {
            Stripe stripe = _cache[i];
            stripe.Enter();
            stripe.EnterEpoch(epoch + 1);
            closed.Add(i, stripe.Frozen());
            stripe.Exit();
        }

        Failpoint.Hit("epoch-frozen");
        var pace = new FlushPace(() => isAwaited || IsAwaited ? 0 : RestMs());
        (long records, long bytes) = Write(closed, pace);
        Failpoint.Hit("epoch-written");
        for (int i = 0; i < RecordCache.StripeCount; i++)
            CallClean(_cache[i], closed, pace);
        Volatile.Write(ref _lastFlush, new FlushFigures(Stopwatch.GetElapsedTime(started).TotalMilliseconds, bytes, records));
        Interlocked.Increment(ref _flushed);
        _host.Flushed(closed);
        Failpoint.Hit("epoch-clean");
        return closed;
    }

    /// <summary>
    /// A seventeenth of a processor while changed records take little of their room, a ninth above an eighth of it, a third above a quarter, all of one above half.
    /// </summary>
    private int RestMs()
    {
        CacheAccount account = _cache.Account;
        return account.Dirty > account.DirtyMax / 2 ? 0 : account.Dirty > account.DirtyMax / 4 ? 1 : account.Dirty > account.DirtyMax / 8 ? 4 : 8;
    }

    /// <summary>Runs the write on a thread of low priority: the one that takes stripes must not be held up while it has one.</summary>
    private (long Records, long Bytes) Write(ClosedEpoch closed, FlushPace pace)
    {
        (long Records, long Bytes) written = default;
        Exception? failure = null;
        var writer = new Thread(() =>
        {
            try
            {
                LowPriority.Take();
                var system = new SystemRecords();
                _host!.AddSystemRecords(closed, system);
                written = EpochFlush.Write(_cache, closed, system, pace);
            }
            catch (Exception e)
            {
                failure = e;
            }
        })
        { Name = "epoch-flush", IsBackground = true };
        writer.Start();
        writer.Join();
        if (failure is not null)
            throw new EnvironmentException($"epoch {closed.Epoch} could not be written to the checkpoint: {failure.Message}", failure);
        return written;
    }

    private void CallClean(Stripe stripe, ClosedEpoch closed, FlushPace pace)
    {
        FrozenStripe frozen = closed.Frozen(stripe.Index);
        int done = -1;
        while (done < frozen.Records.Count)
        {
            stripe.Enter();
            done = done < 0 ? CallDropsDone(stripe, frozen, closed.Epoch) : CallClean(stripe, frozen, done);
            if (done >= frozen.Records.Count)
                stripe.EndFrozen(closed.Epoch);
            stripe.Exit();
            LetWritersGo();
            pace.Breathe();
        }

        frozen.Free();
    }

    private static unsafe int CallDropsDone(Stripe stripe, FrozenStripe frozen, uint epoch)
    {
        for (int i = 0; i < frozen.Drops.Count; i++)
            stripe.Records.DropFlushed(frozen.Drops[i], epoch);
        return 0;
    }

    private static unsafe int CallClean(Stripe stripe, FrozenStripe frozen, int from)
    {
        int to = Math.Min(from + CleanBatch, frozen.Records.Count);
        for (int i = from; i < to; i++)
            CacheLine.Prefetch(frozen.Records[i]);
        for (int i = from; i < to; i++)
            stripe.Records.Flushed(frozen.Records[i]);
        return to;
    }

    private void LetWritersGo()
    {
        if (_cache.Account.Dirty >= _cache.Account.DirtyMax)
            return;
        lock (_sync)
            TellOfSpace();
    }

    /// <summary>Frees what was dropped a little at a time, so that no stripe has to free it all when it freezes.</summary>
    private void ClearDropped()
    {
        for (int i = 0; i < RecordCache.StripeCount; i++)
        {
            Stripe stripe = _cache[i];
            bool more = stripe.Records.HasDoomed;
            while (more)
            {
                stripe.Enter();
                more = stripe.Records.Reap(ReapBatch);
                stripe.Exit();
            }
        }
    }
}
