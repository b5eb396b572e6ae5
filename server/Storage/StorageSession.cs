using MultiCloudKv.Binlog;
using MultiCloudKv.Foundation;
using MultiCloudKv.Merge;
using MultiCloudKv.Merge.Changes;
using MultiCloudKv.Merge.Transactions;
using MultiCloudKv.Server.Replication;
using MultiCloudKv.Server.Storage.Cache;
using GroupOutcome = MultiCloudKv.Merge.Changes.ApplyResult;

namespace MultiCloudKv.Server.Storage;

/// <summary>
/// The way of clients' commands into the engine. A transaction goes through these steps:
/// <list type="number">
/// <item><see cref="Enter"/> takes the stripes of its keys, ascending, and begins a transaction at this node's time.</item>
/// <item>Handlers read and write through <see cref="Transaction"/>. When a record is not in memory, NotResidentException
/// ends the attempt: <see cref="Exit"/>, <see cref="LoadMissingAsync"/>, and again from step 1.</item>
/// <item><see cref="Commit"/> appends the change to the binlog, then applies it to the records. Between the two nothing may
/// fail: if something does, the process stops and replay applies it (invariant I1).</item>
/// <item><see cref="Exit"/> lets the stripes go: from here on others see the change.</item>
/// </list>
/// </summary>
/// <remarks>Used by one thread at a time. Nothing is held between transactions.</remarks>
public sealed class StorageSession : IRecordStores
{
    private const int LoadsMax = 16;

    private readonly Engine _engine;
    private readonly StripeEffects _effects;
    private readonly ChangeApplier _applier;
    private readonly MissingRecords _missing = new();
    private readonly byte[] _stripes = new byte[RecordCache.StripeCount];
    private RecordPrefetcher? _prefetcher;
    private int[] _offsets = new int[4];
    private int _count;
    private int _loads;

    internal StorageSession(Engine engine)
    {
        _engine = engine;
        _effects = engine.NewEffects();
        _applier = new ChangeApplier(engine.Vectors, _effects);
        Transaction = new Transaction(engine.Vectors, this);
    }

    public Transaction Transaction { get; }

    public Engine Engine => _engine;

    /// <summary>True when the last attempt ended because records were not in memory.</summary>
    public bool HasMissing => _missing.Count > 0;

    IRecordStore IRecordStores.Of(int slot) => _engine.Cache.OfSlot(slot).Store;

    /// <summary>Takes the stripes of these slots (any order, doubles allowed) and begins a transaction.</summary>
    public void Enter(ReadOnlySpan<int> slots)
    {
        Invariant.Check(_count == 0);
        if (slots.Length == 1)
        {
            Take((byte)RecordCache.StripeOf(slots[0]));
        }
        else
        {
            UInt128 wanted = 0;
            foreach (int slot in slots)
                wanted |= UInt128.One << RecordCache.StripeOf(slot);
            for (int stripe = 0; wanted != 0; stripe++, wanted >>= 1)
            {
                if ((wanted & 1) != 0)
                    Take((byte)stripe);
            }
        }

        Begin();
    }

    /// <summary>Takes the stripes of a partition, for another region's changes.</summary>
    internal void EnterPartition(int partition)
    {
        Invariant.Check(_count == 0);
        Partitions partitions = _engine.Vectors.Partitions;
        int first = RecordCache.StripeOf(partitions.FirstSlot(partition));
        int last = RecordCache.StripeOf(partitions.FirstSlot(partition) + partitions.SlotsPerPartition - 1);
        for (int stripe = first; stripe <= last; stripe++)
            Take((byte)stripe);
        Begin();
    }

    /// <summary>Takes every stripe: FLUSHALL, and transactions of commands that touch the whole keyspace.</summary>
    public void EnterAll()
    {
        Invariant.Check(_count == 0);
        for (int stripe = 0; stripe < RecordCache.StripeCount; stripe++)
            Take((byte)stripe);
        Begin();
    }

    /// <summary>From now on reads go through to the disk instead of ending the attempt: for I/O threads only.</summary>
    public void AllowBlockingReads()
    {
        for (int i = 0; i < _count; i++)
            _engine.Cache[_stripes[i]].Store.Begin(null);
    }

    /// <summary>Appends the transaction to the binlog and applies it. With the stripes held.</summary>
    public CommitResult Commit()
    {
        if (!Transaction.HasChanges)
            return CommitResult.Nothing;
        if (_engine.Gate.Refusal() is { } refusal)
            return CommitResult.Refused(refusal);
        Span<byte> groups = Transaction.Groups;
        int count = Transaction.GroupCount;
        FindOffsets(groups, count);
        int slot = count == 1 ? ChangeGroup.SlotAt(groups, 0) : CommitResult.SeveralSlots;
        CommitResult result = _engine.AppendOwn(groups, _offsets.AsSpan(0, count), slot, out uint epoch);
        if (!result.Changed)
            return result;
        Apply(groups, count, result.Stamp, epoch);
        return result;
    }

    /// <summary>Applies what a RemoteBatch or TakenBack record holds, right after it was appended or while it is replayed.</summary>
    internal void ApplyEntries(in RemoteBatchInfo batch, uint epoch)
    {
        try
        {
            long now = Transaction.NowMs;
            RemoteBatch entries = RemoteBatch.Read(batch.Body.Span);
            RemoteBatch ahead = entries;
            int prefetched = 0;
            ulong hlc = 0;
            uint incarnation = 0;
            while (entries.MoveNext())
            {
                if (prefetched-- == 0)
                    prefetched = PrefetchKeys(ref ahead) - 1;
                hlc = entries.Hlc;
                incarnation = entries.Incarnation;
                Stripe stripe = _engine.Cache.OfSlot(entries.Group.Slot);
                stripe.EnterEpoch(epoch);
                stripe.Store.Begin(null);
                _effects.Stripe = stripe;
                GroupOutcome applied = _applier.Apply(stripe.Store, new Stamp(hlc, batch.Origin), entries.Group.Bytes, now);
                Invariant.Check(applied != GroupOutcome.Hole);
            }

            Invariant.Check(!entries.Failed);
            if (batch.TakenBack)
                _engine.OwnEnds.Raise(batch.Partition, hlc, new Past(incarnation, entries.Cursor.History));
            else
                _engine.Cursors.Set(batch.Origin, new OriginPosition(entries.Cursor, hlc, incarnation), epoch);
            _engine.Frontiers.Raise(batch.Origin, batch.Partition, hlc);
            Failpoint.Hit("apply.after-batch");
        }
        catch (Exception e)
        {
            _engine.Stop(e);
            throw;
        }
    }

    /// <summary>Brings the records of the next entries near; returns how many entries these are.</summary>
    private int PrefetchKeys(ref RemoteBatch ahead)
    {
        _prefetcher ??= new RecordPrefetcher(_engine.Cache);
        int count = 0;
        while (_prefetcher.HasRoom && ahead.MoveNext())
        {
            count++;
            var ops = new OpReader(ahead.Group.Ops);
            if (ops.MoveNext() && ops.Opcode != Opcode.ClearSlot)
            {
                _prefetcher.Add(ahead.Group.Slot, ops.Namespace, ops.Key);
                _engine.Vectors.Prefetch(ahead.Group.Slot);
            }
        }

        _prefetcher.Finish();
        return count;
    }

    /// <summary>Lets the stripes go and forgets the transaction.</summary>
    public void Exit()
    {
        for (int i = _count - 1; i >= 0; i--)
            _engine.Cache[_stripes[i]].Exit();
        _count = 0;
        if (_missing.Count == 0)
            _loads = 0;
        Transaction.Reset();
    }

    /// <summary>False while this node's writers are held back because too much is not yet in the checkpoint.</summary>
    public bool MayWrite => _engine.Cache.HasDirtySpace;

    /// <summary>
    /// Waits for what the last attempt lacked: room for changed records, records that are not in memory. Outside the stripes.
    /// After <see cref="LoadsMax"/> rounds of one transaction the next attempt reads through to the disk, so it ends.
    /// </summary>
    public async ValueTask LoadMissingAsync(CancellationToken cancel)
    {
        Invariant.Check(_count == 0);
        await _engine.Cache.WaitForDirtySpaceAsync(cancel).ConfigureAwait(false);
        cancel.ThrowIfCancellationRequested();
        if (_missing.Count == 0)
            return;
        _loads++;
        await _engine.Cache.Loader.LoadAsync(_missing).ConfigureAwait(false);
        _missing.Clear();
    }

    private void Take(byte stripe)
    {
        _engine.Cache[stripe].Enter();
        _stripes[_count++] = stripe;
    }

    private void Begin()
    {
        _missing.Clear();
        MissingRecords? missing = _loads < LoadsMax ? _missing : null;
        for (int i = 0; i < _count; i++)
            _engine.Cache[_stripes[i]].Store.Begin(missing);
        HybridClock clock = _engine.Clock;
        Transaction.Begin(clock.NowMs, clock.Last + 1);
    }

    private void FindOffsets(ReadOnlySpan<byte> groups, int count)
    {
        if (_offsets.Length < count)
            _offsets = new int[count];
        if (count == 1)
        {
            _offsets[0] = 0;
            return;
        }

        var reader = new GroupReader(groups);
        for (int i = 0; i < count; i++)
        {
            bool more = reader.MoveNext();
            Invariant.Check(more);
            _offsets[i] = reader.Offset;
        }
    }

    private void Apply(ReadOnlySpan<byte> groups, int count, Stamp stamp, uint epoch)
    {
        try
        {
            long now = Transaction.NowMs;
            for (int i = 0; i < count; i++)
            {
                ReadOnlySpan<byte> group = groups[_offsets[i]..(i + 1 < count ? _offsets[i + 1] : groups.Length)];
                Stripe stripe = _engine.Cache.OfSlot(ChangeGroup.SlotAt(group, 0));
                stripe.EnterEpoch(epoch);
                stripe.Store.Begin(null);
                _effects.Stripe = stripe;
                GroupOutcome applied = _applier.Apply(stripe.Store, stamp, group, now);
                Invariant.Check(applied == GroupOutcome.Applied);
            }

            Failpoint.Hit("commit.after-apply");
        }
        catch (Exception e)
        {
            _engine.Stop(e);
            throw;
        }
    }
}
