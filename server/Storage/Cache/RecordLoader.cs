using System.Collections.Concurrent;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Server.Storage.Cache;

/// <summary>
/// Reads what is not in memory, on its own threads, so that a disk never holds up a stripe or a connection that does not
/// wait for it.
/// </summary>
/// <remarks>
/// Steps per record: note the flush sequence, read without any lock, take the stripe, insert if no flush has ended in
/// between and the record is still unknown there; else read again. A range inside one collection that is small is loaded
/// whole, after which its chain is complete and needs no iterator; of any other range the blocks are read, so that the
/// store below finds them in its own memory the next time. Records loaded outlive two rounds of eviction. A failed read
/// (a corrupt block) fails the task.
/// Thread-safe; bounded by the sessions that wait, one list each.
/// </remarks>
public sealed class RecordLoader
{
    private const int WholeChainRecordsMax = 16 << 10;
    private const int WholeChainBytesMax = 4 << 20;
    private const int WarmRecordsMax = 4096;
    private const int BatchRecords = 64;
    private const int BatchBytes = 64 << 10;
    private const int AttemptsMax = 4;

    private readonly RecordCache _cache;
    private readonly BlockingCollection<(MissingRecords Missing, TaskCompletionSource Done)> _queue = [];
    private readonly Lock _lock = new();
    private readonly List<Thread> _threads = [];
    private long _loads;

    internal RecordLoader(RecordCache cache) => _cache = cache;

    internal long Loads => Interlocked.Read(ref _loads);

    /// <summary>
    /// Loads what was missing; the transaction is then run again. The list is the loader's until the task ends. What was
    /// loaded may be gone again under extreme pressure: who has come back several times reads in blocking mode.
    /// </summary>
    public Task LoadAsync(MissingRecords missing)
    {
        StartThreads();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _queue.Add((missing, done));
        return done.Task;
    }

    internal void Stop()
    {
        _queue.CompleteAdding();
        foreach (Thread thread in _threads)
            thread.Join();
        _queue.Dispose();
    }

    private void StartThreads()
    {
        lock (_lock)
        {
            if (_threads.Count > 0)
                return;
            for (int i = 0; i < _cache.Options.LoaderThreads; i++)
            {
                var thread = new Thread(Run) { Name = "record-loader", IsBackground = true };
                _threads.Add(thread);
                thread.Start();
            }
        }
    }

    private void Run()
    {
        var value = new ByteWriter(4096);
        foreach ((MissingRecords missing, TaskCompletionSource done) in _queue.GetConsumingEnumerable())
        {
            try
            {
                for (int i = 0; i < missing.Count; i++)
                {
                    if (missing.IsRange(i))
                        LoadRange(missing.Key(i), missing.High(i), missing.IsReverse(i));
                    else
                        LoadRecord(missing.Key(i), value);
                }

                done.SetResult();
            }
            catch (Exception failure)
            {
                done.SetException(failure);
            }

            value.Clear();
            value.Trim(1 << 20);
        }
    }

    private void LoadRecord(ReadOnlySpan<byte> key, ByteWriter value)
    {
        Stripe stripe = _cache.OfSlot(RecordShape.Slot(key));
        for (int attempt = 0; attempt < AttemptsMax; attempt++)
        {
            long sequence = _cache.FlushSequence;
            value.Clear();
            if (_cache.Store.Read(key, mayBlock: true, value) != ReadOutcome.Found)
                return;
            stripe.Enter();
            bool current = sequence == _cache.FlushSequence;
            if (current)
                stripe.Store.InsertLoaded(key, value.Written);
            stripe.Exit();
            Interlocked.Increment(ref _loads);
            if (current)
                return;
        }
    }

    private void LoadRange(ReadOnlySpan<byte> low, ReadOnlySpan<byte> high, bool reverse)
    {
        int prefix = RecordShape.IsOfCollection(low) ? RecordShape.ChainPrefix(low) : 0;
        if (prefix > 0 && RecordShape.EndsWithin(low[..prefix], high) && LoadChain(low[..prefix]))
            return;
        _cache.Store.Warm(low, high, reverse, WarmRecordsMax);
    }

    /// <summary>Loads a collection whole if it is small.</summary>
    private bool LoadChain(ReadOnlySpan<byte> prefix)
    {
        byte[] end = new byte[prefix.Length];
        int endLength = RecordShape.PrefixEnd(prefix, end);
        Stripe stripe = _cache.OfSlot(RecordShape.Slot(prefix));
        long bytesMax = Math.Min(WholeChainBytesMax, _cache.Options.CacheBytes / 16);
        stripe.Enter();
        stripe.Records.BeginLoading(prefix);
        stripe.Exit();
        long sequence = _cache.FlushSequence;
        using CheckpointIterator iterator = _cache.Store.Iterate(prefix, end.AsSpan(0, endLength), reverse: false, mayBlock: true);
        var batch = new ByteWriter(4096);
        bool whole = true;
        bool atEnd = false;
        int records = 0;
        long bytes = 0;
        while (!atEnd && whole)
        {
            batch.Clear();
            atEnd = ReadBatch(iterator, batch, ref records);
            bytes += batch.Length;
            stripe.Enter();
            whole = sequence == _cache.FlushSequence && records <= WholeChainRecordsMax && bytes <= bytesMax;
            if (whole)
                InsertBatch(stripe.Store, batch.Written);
            if (atEnd || !whole)
                whole = stripe.Records.EndLoading(prefix, whole);
            stripe.Exit();
        }

        Interlocked.Add(ref _loads, records);
        return whole;
    }

    /// <summary>Reads some records without a lock; true at the end.</summary>
    private static bool ReadBatch(CheckpointIterator iterator, ByteWriter batch, ref int records)
    {
        for (int i = 0; i < BatchRecords && batch.Length < BatchBytes; i++)
        {
            if (iterator.MoveNext() != ReadOutcome.Found)
                return true;
            batch.WriteBytes(iterator.Key);
            batch.WriteBytes(iterator.Value);
            records++;
        }

        return false;
    }

    private static void InsertBatch(StripeStore store, ReadOnlySpan<byte> batch)
    {
        var reader = new ByteReader(batch);
        while (!reader.AtEnd)
        {
            ReadOnlySpan<byte> key = reader.ReadBytes();
            store.InsertLoaded(key, reader.ReadBytes());
        }
    }
}
