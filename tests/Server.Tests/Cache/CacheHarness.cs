using System.Collections.Immutable;
using MultiCloudKv.Foundation;
using MultiCloudKv.Merge;
using MultiCloudKv.Server.Storage.Cache;

namespace MultiCloudKv.Server.Tests.Cache;

/// <summary>
/// A record cache with a model beside it: per stripe a sorted dictionary that takes the same changes. Stands for the
/// engine: it owns the epoch number, and compares the checkpoint with the model of the cut after every flush.
/// </summary>
internal sealed class CacheHarness : IEpochHost, IDisposable
{
    private readonly Lock _append = new();
    private readonly ImmutableSortedDictionary<byte[], byte[]>[] _models = new ImmutableSortedDictionary<byte[], byte[]>[RecordCache.StripeCount];
    private readonly CheckpointStore _store;
    private uint _epoch;
    private int _flushes;

    internal CacheHarness(CheckpointStore store, RecordCacheOptions? options = null, uint firstEpoch = 1, bool start = true)
    {
        _store = store;
        _epoch = firstEpoch;
        Array.Fill(_models, ImmutableSortedDictionary.Create<byte[], byte[]>(MemoryCheckpointStore.ByteOrder));
        Cache = new RecordCache(options ?? new RecordCacheOptions { EpochTime = TimeSpan.FromHours(1) }, store, firstEpoch)
        {
            Capture = stripe => _models[stripe.Index],
        };
        if (start)
            Cache.Epochs.Start(this);
    }

    internal RecordCache Cache { get; }

    internal Exception? Failure { get; private set; }

    internal int Flushes => Volatile.Read(ref _flushes);

    internal ImmutableSortedDictionary<byte[], byte[]> Model(int slot) => _models[RecordCache.StripeOf(slot)];

    /// <summary>Takes the model over from another harness, whose store this one has opened.</summary>
    internal void Inherit(CacheHarness other) => other._models.CopyTo(_models, 0);

    public void Dispose() => Cache.Dispose();

    public void Cut(uint next)
    {
        lock (_append)
            _epoch = next;
    }

    public void AddSystemRecords(ClosedEpoch closed, SystemRecords records) =>
        records.Put([1, (byte)'e'], BitConverter.GetBytes(closed.Epoch));

    public void Flushed(ClosedEpoch closed)
    {
        try
        {
            for (int i = 0; i < RecordCache.StripeCount; i++)
                Compare(closed, i);
        }
        catch (Exception failure)
        {
            Failure ??= failure;
        }

        Interlocked.Increment(ref _flushes);
    }

    public void Failed(Exception reason) => Failure ??= reason;

    /// <summary>Runs one transaction on a slot as the engine does, with loads and new attempts.</summary>
    internal void Run(int slot, Action<StripeStore> read, Action<StripeStore>? write = null, bool blocking = false)
    {
        Stripe stripe = Cache.OfSlot(slot);
        var missing = new MissingRecords();
        for (int attempt = 0; ; attempt++)
        {
            if (write is not null)
                Cache.WaitForDirtySpaceAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult();
            missing.Clear();
            stripe.Enter();
            try
            {
                stripe.Store.Begin(blocking || attempt > 4 ? null : missing);
                read(stripe.Store);
                if (write is not null)
                {
                    uint epoch;
                    lock (_append)
                        epoch = _epoch;
                    stripe.EnterEpoch(epoch);
                    write(stripe.Store);
                }

                return;
            }
            catch (NotResidentException)
            {
                Assert.True(missing.Count > 0);
            }
            finally
            {
                stripe.Exit();
            }

            Cache.Loader.LoadAsync(missing).GetAwaiter().GetResult();
        }
    }

    internal void Write(int slot, Action<StripeStore> write) => Run(slot, static _ => { }, write);

    internal void Put(int slot, byte[] key, byte[] value) => Write(slot, store => Put(store, key, value));

    internal void Delete(int slot, byte[] key) => Write(slot, store => Delete(store, key));

    internal void Put(StripeStore store, byte[] key, byte[] value)
    {
        store.Put(key, value);
        ref ImmutableSortedDictionary<byte[], byte[]> model = ref _models[store.Stripe.Index];
        model = model.SetItem(key, value);
    }

    internal void Delete(StripeStore store, byte[] key)
    {
        store.Delete(key);
        ref ImmutableSortedDictionary<byte[], byte[]> model = ref _models[store.Stripe.Index];
        model = model.Remove(key);
    }

    internal void DropPrefix(StripeStore store, byte[] prefix)
    {
        store.DropPrefix(prefix);
        ref ImmutableSortedDictionary<byte[], byte[]> model = ref _models[store.Stripe.Index];
        model = model.RemoveRange(Range(model, prefix, TestKeys.End(prefix), false).Select(p => p.Key));
    }

    internal byte[]? Get(int slot, byte[] key, bool blocking = false)
    {
        byte[]? found = null;
        Run(slot, store => found = store.TryGet(key, out ReadOnlySpan<byte> value) ? value.ToArray() : null, blocking: blocking);
        return found;
    }

    internal List<KeyValuePair<byte[], byte[]>> Scan(int slot, byte[] low, byte[] high, bool reverse = false)
    {
        List<KeyValuePair<byte[], byte[]>> found = [];
        Run(slot, store =>
        {
            found.Clear();
            using RecordCursor cursor = store.Scan(low, high, reverse);
            while (cursor.MoveNext())
                found.Add(new(cursor.Key.ToArray(), cursor.Value.ToArray()));
        });
        return found;
    }

    /// <summary>Closes an epoch and waits for its flush, which compares the checkpoint with the model.</summary>
    internal void Flush()
    {
        Cache.Epochs.CloseAsync().WaitAsync(TimeSpan.FromSeconds(60)).GetAwaiter().GetResult();
        Assert.Null(Failure);
    }

    internal static List<KeyValuePair<byte[], byte[]>> Range(ImmutableSortedDictionary<byte[], byte[]> model, byte[] low, byte[] high, bool reverse)
    {
        List<KeyValuePair<byte[], byte[]>> range =
            [.. model.SkipWhile(p => MemoryCheckpointStore.ByteOrder.Compare(p.Key, low) < 0).TakeWhile(p => MemoryCheckpointStore.ByteOrder.Compare(p.Key, high) < 0)];
        if (reverse)
            range.Reverse();
        return range;
    }

    internal static void AssertSame(IReadOnlyList<KeyValuePair<byte[], byte[]>> expected, IReadOnlyList<KeyValuePair<byte[], byte[]>> actual, string where = "")
    {
        for (int i = 0; i < Math.Min(expected.Count, actual.Count); i++)
        {
            if (!expected[i].Key.SequenceEqual(actual[i].Key) || !expected[i].Value.SequenceEqual(actual[i].Value))
                Assert.Fail($"{where} at {i}: {Text(expected[i])} is expected, {Text(actual[i])} was found");
        }

        if (expected.Count > actual.Count)
            Assert.Fail($"{where}: {expected.Count} records are expected, {actual.Count} were found, missing {Text(expected[actual.Count])}");
        if (expected.Count < actual.Count)
            Assert.Fail($"{where}: {expected.Count} records are expected, {actual.Count} were found, surplus {Text(actual[expected.Count])}");
    }

    private static string Text(KeyValuePair<byte[], byte[]> record) => $"{Convert.ToHexString(record.Key)}={Convert.ToHexString(record.Value.AsSpan(0, Math.Min(record.Value.Length, 8)))}[{record.Value.Length}]";

    private void Compare(ClosedEpoch closed, int stripe)
    {
        var model = (ImmutableSortedDictionary<byte[], byte[]>)closed.Captured(stripe)!;
        List<KeyValuePair<byte[], byte[]>> stored = [];
        foreach (byte kind in (byte[])[0x10, 0x20, 0x21, 0x30, 0x31])
        {
            using CheckpointIterator iterator = _store.Iterate(
                TestKeys.SlotLow(kind, stripe * Stripe.SlotCount), TestKeys.SlotLow(kind, (stripe + 1) * Stripe.SlotCount), reverse: false, mayBlock: true);
            while (iterator.MoveNext() == ReadOutcome.Found)
                stored.Add(new(iterator.Key.ToArray(), iterator.Value.ToArray()));
        }

        AssertSame([.. model], stored, $"checkpoint of epoch {closed.Epoch}, stripe {stripe}");
    }
}
