using MultiCloudKv.Foundation;
using MultiCloudKv.Merge;

namespace MultiCloudKv.Server.Storage;

/// <summary>
/// WAITREGIONS: clients that wait until a number of other regions have applied their last write. While anyone waits, the
/// replicator sends its heartbeats at once and asks the peers for theirs.
/// </summary>
/// <remarks>Thread-safe: one lock over the list of waiters, of which there are at most <see cref="WaitersMax"/>.</remarks>
internal sealed class RegionWaiters(SlotVectors vectors)
{
    public const int WaitersMax = 65536;

    private const int EveryPartition = -1;

    private readonly Lock _lock = new();
    private readonly List<Waiter> _waiters = [];
    private TaskCompletionSource _arrival = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool Any
    {
        get
        {
            lock (_lock)
                return _waiters.Count > 0;
        }
    }

    /// <summary>Number of other regions that have applied the write, once that is <paramref name="count"/> or the time is over (0 = no time limit).</summary>
    public async Task<int> WaitAsync(Stamp write, int slot, int count, TimeSpan timeout, CancellationToken cancel)
    {
        int partition = slot == CommitResult.SeveralSlots ? EveryPartition : vectors.Partitions.Of(slot);
        int reached = Reached(write, partition);
        if (write == Stamp.None)
            return vectors.Peers.Length;
        if (reached >= count)
            return reached;
        var waiter = new Waiter(write, partition, count);
        lock (_lock)
        {
            if (_waiters.Count >= WaitersMax)
                return reached;
            _waiters.Add(waiter);
            _arrival.TrySetResult();
        }

        try
        {
            Advance();
            await waiter.Done.Task.WaitAsync(timeout == TimeSpan.Zero ? Timeout.InfiniteTimeSpan : timeout, cancel).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The reply says how many there were by then.
        }
        finally
        {
            lock (_lock)
                _waiters.Remove(waiter);
        }

        return Reached(write, partition);
    }

    /// <summary>Called when a region's known context rose.</summary>
    public void Advance()
    {
        lock (_lock)
        {
            foreach (Waiter waiter in _waiters)
            {
                if (Reached(waiter.Write, waiter.Partition) >= waiter.Count)
                    waiter.Done.TrySetResult();
            }
        }
    }

    /// <summary>Completes when a client comes to wait, or at the time-out.</summary>
    public async ValueTask ArrivalAsync(TimeSpan timeout, CancellationToken cancel)
    {
        Task arrival;
        lock (_lock)
        {
            if (_arrival.Task.IsCompleted)
                _arrival = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            arrival = _arrival.Task;
        }

        await Task.WhenAny(arrival, Task.Delay(timeout, cancel)).ConfigureAwait(false);
    }

    private int Reached(Stamp write, int partition)
    {
        int reached = 0;
        foreach (byte peer in vectors.Peers)
        {
            if (partition == EveryPartition ? HasEverywhere(write, peer) : Has(write, partition, peer))
                reached++;
        }

        return reached;
    }

    private bool Has(Stamp write, int partition, byte peer) =>
        vectors.Known(partition, peer) is { } heard && heard.Applied[write.Region] >= write.Hlc;

    /// <summary>A partition the write did not touch passes it by heartbeat.</summary>
    private bool HasEverywhere(Stamp write, byte peer)
    {
        for (int partition = 0; partition < vectors.Partitions.Count; partition++)
        {
            if (!Has(write, partition, peer))
                return false;
        }

        return true;
    }

    private sealed record Waiter(Stamp Write, int Partition, int Count)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
