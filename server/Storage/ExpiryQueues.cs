using MultiCloudKv.Foundation;
using MultiCloudKv.Merge;
using MultiCloudKv.Merge.Records;
using MultiCloudKv.Server.Storage.Cache;

namespace MultiCloudKv.Server.Storage;

/// <summary>
/// Which keys expire next, per stripe: a heap of the expiries before the stripe's horizon. Everything behind the horizon
/// is found again from the expiry records when time comes near it, so the heap stays bounded however many keys expire.
/// </summary>
/// <remarks>
/// A stripe's heap is owned by whoever holds the stripe. Entries are hints: a key whose expiry has moved has several, and
/// the one that comes due is checked against the key.
/// </remarks>
internal sealed class ExpiryQueues
{
    /// <summary>Entries a stripe keeps at most; what does not fit lowers its horizon.</summary>
    public const int EntriesMax = 1 << 16;

    private static readonly long SpanMs = (long)TimeSpan.FromMinutes(15).TotalMilliseconds;

    private readonly Queue[] _queues = new Queue[RecordCache.StripeCount];
    private readonly RecordCache _cache;

    public ExpiryQueues(RecordCache cache)
    {
        _cache = cache;
        for (int i = 0; i < _queues.Length; i++)
            _queues[i] = new Queue();
    }

    /// <summary>The time at which the stripe's next entry comes due or its horizon is reached.</summary>
    public long NextDueMs(int stripe) => Volatile.Read(ref _queues[stripe].NextDueMs);

    public void Add(int slot, uint ns, ReadOnlySpan<byte> key, long expiryMs)
    {
        Queue queue = _queues[RecordCache.StripeOf(slot)];
        if (expiryMs >= queue.HorizonMs)
            return;
        if (queue.Heap.Count >= EntriesMax)
        {
            queue.HorizonMs = Math.Min(queue.HorizonMs, expiryMs);
            queue.Rewind();
            return;
        }

        queue.Heap.Enqueue(new Entry(slot, ns, key.ToArray()), expiryMs);
        queue.Rewind();
    }

    /// <summary>Takes the next entry that is due. With the stripe held.</summary>
    public bool TryTakeDue(int stripe, long nowMs, out int slot, out uint ns, out byte[] key)
    {
        Queue queue = _queues[stripe];
        if (queue.Heap.TryPeek(out Entry next, out long dueMs) && dueMs <= nowMs)
        {
            queue.Heap.Dequeue();
            queue.Rewind();
            (slot, ns, key) = next;
            return true;
        }

        (slot, ns, key) = (0, 0, []);
        return false;
    }

    /// <summary>Moves the stripe's horizon on when time has come near it and reads the expiries before it back in. With the stripe held, reads may block.</summary>
    public void Refill(int stripe, long nowMs)
    {
        Queue queue = _queues[stripe];
        if (queue.HorizonMs > nowMs && queue.Heap.Count > 0)
            return;
        if (queue.HorizonMs - nowMs > SpanMs / 2)
            return;
        long from = queue.HorizonMs;
        queue.HorizonMs = nowMs + SpanMs;
        StripeStore store = _cache[stripe].Store;
        Span<byte> low = stackalloc byte[16];
        Span<byte> high = stackalloc byte[16];
        for (int i = 0; i < Stripe.SlotCount; i++)
        {
            int slot = (stripe * Stripe.SlotCount) + i;
            int lowLength = RecordKeys.ExpiryBound(low, slot, from);
            int highLength = RecordKeys.ExpiryBound(high, slot, queue.HorizonMs);
            using RecordCursor cursor = store.Scan(low[..lowLength], high[..highLength]);
            while (cursor.MoveNext() && RecordKeys.TryParseExpiry(cursor.Key, out int _, out long ms, out uint ns, out ReadOnlySpan<byte> key))
            {
                Add(slot, ns, key, ms);
                if (ms >= queue.HorizonMs)
                    break;
            }
        }

        queue.Rewind();
    }

    private readonly record struct Entry(int Slot, uint Namespace, byte[] Key);

    private sealed class Queue
    {
        public readonly PriorityQueue<Entry, long> Heap = new();

        /// <summary>0 until the first refill: nothing is known of what was stored before the start.</summary>
        public long HorizonMs;

        public long NextDueMs;

        public void Rewind() => Volatile.Write(ref NextDueMs, Heap.TryPeek(out _, out long due) ? Math.Min(due, HorizonMs) : HorizonMs);
    }
}
