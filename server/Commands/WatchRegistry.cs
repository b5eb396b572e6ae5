using MultiCloudKv.Foundation;
using MultiCloudKv.Server.Storage;

namespace MultiCloudKv.Server.Commands;

/// <summary>
/// Which connections watch which keys. A commit, of a client here or of another region, tells it every key it touched,
/// while it holds the key's stripe; the registry marks the watchers, and their next EXEC, which holds the stripes of the
/// watched keys as well, answers null. A key that expires between WATCH and EXEC is found by its time, not by a mark.
/// </summary>
/// <remarks>Thread-safe: one lock per stripe, taken inside the stripe's own. A stripe nobody watches costs one read.</remarks>
internal sealed class WatchRegistry : ICommitListener
{
    private const int StripeShift = 7;
    private readonly Bucket[] _buckets = new Bucket[Slots.Count >> StripeShift];
    private readonly int[] _watchers = new int[Slots.Count >> StripeShift];

    public WatchRegistry()
    {
        for (int i = 0; i < _buckets.Length; i++)
            _buckets[i] = new Bucket();
    }

    /// <summary>True when a commit in this slot must be told.</summary>
    public bool IsWatched(int slot) => Volatile.Read(ref _watchers[slot >> StripeShift]) != 0;

    /// <summary>Begins to watch. Under the key's stripe.</summary>
    public void Add(ClientState client, WatchedKey watched)
    {
        Bucket bucket = BucketOf(watched.Slot);
        lock (bucket)
        {
            if (!bucket.BySlot.TryGetValue(watched.Slot, out List<(ClientState, WatchedKey)>? list))
                bucket.BySlot.Add(watched.Slot, list = []);
            list.Add((client, watched));
            _watchers[watched.Slot >> StripeShift]++;
        }
    }

    public void Remove(ClientState client, IEnumerable<WatchedKey> keys)
    {
        foreach (WatchedKey watched in keys)
        {
            Bucket bucket = BucketOf(watched.Slot);
            lock (bucket)
            {
                if (!bucket.BySlot.TryGetValue(watched.Slot, out List<(ClientState Client, WatchedKey Key)>? list))
                    continue;
                _watchers[watched.Slot >> StripeShift] -= list.RemoveAll(entry => entry.Client == client && ReferenceEquals(entry.Key, watched));
                if (list.Count == 0)
                    bucket.BySlot.Remove(watched.Slot);
            }
        }
    }

    /// <summary>A commit touched a key. Under the key's stripe.</summary>
    public void KeyTouched(int slot, ReadOnlySpan<byte> key)
    {
        if (!IsWatched(slot))
            return;
        Bucket bucket = BucketOf(slot);
        lock (bucket)
        {
            if (!bucket.BySlot.TryGetValue(slot, out List<(ClientState Client, WatchedKey Key)>? list))
                return;
            foreach ((ClientState client, WatchedKey watched) in list)
            {
                if (key.SequenceEqual(watched.Key))
                    client.WatchBroken = true;
            }
        }
    }

    /// <summary>A commit removed all keys of a slot. Under the slot's stripe.</summary>
    public void SlotCleared(int slot)
    {
        if (!IsWatched(slot))
            return;
        Bucket bucket = BucketOf(slot);
        lock (bucket)
        {
            if (!bucket.BySlot.TryGetValue(slot, out List<(ClientState Client, WatchedKey Key)>? list))
                return;
            foreach ((ClientState client, WatchedKey watched) in list)
            {
                if (watched.Existed)
                    client.WatchBroken = true;
            }
        }
    }

    private Bucket BucketOf(int slot) => _buckets[slot >> StripeShift];

    private sealed class Bucket
    {
        public readonly Dictionary<int, List<(ClientState Client, WatchedKey Key)>> BySlot = [];
    }
}
