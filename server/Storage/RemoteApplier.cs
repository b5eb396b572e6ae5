using System.Collections.Concurrent;
using MultiCloudKv.Binlog;
using MultiCloudKv.Foundation;
using MultiCloudKv.Merge;
using MultiCloudKv.Merge.Changes;
using MultiCloudKv.Merge.Transactions;
using MultiCloudKv.Server.Replication;
using MultiCloudKv.Server.Storage.Cache;
using ApplyResult = MultiCloudKv.Server.Replication.ApplyResult;

namespace MultiCloudKv.Server.Storage;

/// <summary>
/// Applies batches of other regions' changes (and own ones that a peer hands back). A batch holds entries of one origin and
/// partition, in order, and goes through these steps:
/// <list type="number">
/// <item>Check: well-formed, the partition's slots only, sequence right behind the cursor, no stamp too far in the future.
/// A batch wholly behind the cursor is a duplicate; behind a gap it is a hole; anything that contradicts what is here is a
/// conflict, and the origin's partition stops (invariant I4).</item>
/// <item>Make resident what it will touch, outside the stripes.</item>
/// <item>Take the partition's stripes, append one RemoteBatch record that carries cursor and entries (invariant I5), apply
/// the entries, move the cursor, let the stripes go.</item>
/// </list>
/// </summary>
/// <remarks>Batches of one (origin, partition) come one after the other; different ones may come at the same time.</remarks>
internal sealed class RemoteApplier(Engine engine, TimeSpan driftMax)
{
    private readonly ConcurrentBag<StorageSession> _sessions = [];

    /// <summary>For <see cref="BreaksChain"/>, 0 in between. An element belongs to whoever holds the slot's stripe.</summary>
    private readonly ulong[] _lastOfSlot = new ulong[Slots.Count];

    public async ValueTask<ApplyResult> ApplyAsync(RemoteBatchInfo batch, CancellationToken cancel)
    {
        if (Check(batch) is { } refused)
            return refused;
        engine.Clock.Observe(batch.LastStamp);
        await engine.Cache.WaitForDirtySpaceAsync(cancel).ConfigureAwait(false);
        if (!_sessions.TryTake(out StorageSession? session))
            session = new StorageSession(engine);
        try
        {
            while (true)
            {
                session.EnterPartition(batch.Partition);
                try
                {
                    if (Prefetch(session, batch))
                        return Apply(session, batch);
                }
                finally
                {
                    session.Exit();
                }

                await session.LoadMissingAsync(cancel).ConfigureAwait(false);
            }
        }
        finally
        {
            _sessions.Add(session);
        }
    }

    private ApplyResult? Check(in RemoteBatchInfo batch)
    {
        RemoteBatch entries = RemoteBatch.Read(batch.Body.Span);
        SourceCursor cursor = entries.Cursor;
        if (batch.Partition < 0 || batch.Partition >= engine.Vectors.Partitions.Count || cursor.Partition != batch.Partition)
            return Conflict($"partition {batch.Partition} is none of this generation");
        if (batch.TakenBack != (batch.Origin == engine.Vectors.Self))
            return Conflict($"region {batch.Origin} is not the origin of what was handed over");
        ulong last = 0;
        int count = 0;
        while (entries.MoveNext())
        {
            if (engine.Vectors.Partitions.Of(entries.Group.Slot) != batch.Partition || !OpReader.Validate(entries.Group.Ops))
                return Conflict($"entry {count} of the batch is malformed");
            if (count++ > 0 && entries.Group.Sequence != last + 1)
                return Conflict($"sequence {entries.Group.Sequence} stands behind {last}");
            if (engine.Clock.Ahead(entries.Hlc) > driftMax)
                return new ApplyResult(ApplyOutcomeKind.Busy, 0, $"a stamp of region {batch.Origin} is {engine.Clock.Ahead(entries.Hlc).TotalSeconds:0} s ahead of this node's clock");
            last = entries.Group.Sequence;
        }

        return entries.Failed || count == 0 || last != batch.LastSequence ? Conflict("the batch is malformed") : null;
    }

    private static ApplyResult Conflict(string reason) => new(ApplyOutcomeKind.Conflict, 0, reason);

    /// <summary>True when everything the batch touches is in memory; otherwise the session has noted what is missing.</summary>
    private static bool Prefetch(StorageSession session, in RemoteBatchInfo batch)
    {
        if (session.Engine.Cache.HoldsEverything)
            return true;
        Transaction transaction = session.Transaction;
        try
        {
            RemoteBatch entries = RemoteBatch.Read(batch.Body.Span);
            while (entries.MoveNext())
            {
                var ops = new OpReader(entries.Group.Ops);
                while (ops.MoveNext())
                {
                    transaction.Namespace = ops.Namespace;
                    if (ops.Opcode != Opcode.ClearSlot)
                        transaction.Want(ops.Key);
                }
            }

            transaction.ThrowIfWanting();
            entries = RemoteBatch.Read(batch.Body.Span);
            while (entries.MoveNext())
            {
                var ops = new OpReader(entries.Group.Ops);
                while (ops.MoveNext())
                {
                    transaction.Namespace = ops.Namespace;
                    if (ops.Opcode is Opcode.Write or Opcode.Remove or Opcode.Increment && ops.Type != ElementType.String)
                        transaction.Open(ops.Key).Want(ops.Element);
                }
            }

            transaction.ThrowIfWanting();
            return true;
        }
        catch (NotResidentException)
        {
            return false;
        }
        finally
        {
            transaction.Namespace = 0;
        }
    }

    private ApplyResult Apply(StorageSession session, in RemoteBatchInfo batch)
    {
        ulong here = batch.TakenBack ? engine.OwnSequence(batch.Partition) : engine.Cursors.Get(batch.Origin, batch.Partition)?.Cursor.LastSequence ?? 0;
        RemoteBatch entries = RemoteBatch.Read(batch.Body.Span);
        if (!entries.MoveNext())
            return Conflict("the batch is empty");
        if (batch.LastSequence <= here)
            return Behind(batch, entries.Cursor);
        if (entries.Group.Sequence > here + 1)
            return new ApplyResult(ApplyOutcomeKind.Hole, here, $"sequence {entries.Group.Sequence} came after {here}");
        if (BreaksChain(batch) is { } broken)
            return Conflict(broken);
        AppendStatus status = engine.AppendRemote(batch, out Appended appended);
        if (status != AppendStatus.Ok)
            return new ApplyResult(ApplyOutcomeKind.Busy, here, engine.BinlogTrouble(status));
        session.ApplyEntries(batch, appended.Epoch);
        return ApplyResult.Applied;
    }

    /// <summary>A batch behind the cursor is a duplicate if it belongs to a past that led here.</summary>
    private ApplyResult Behind(in RemoteBatchInfo batch, SourceCursor cursor)
    {
        OriginPosition? position = engine.Cursors.Get(batch.Origin, batch.Partition);
        bool same = batch.TakenBack || position is null || position.Cursor.History == cursor.History || batch.LastStamp < position.Hlc;
        return same
            ? ApplyResult.Duplicate
            : Conflict($"sequence {batch.LastSequence} of region {batch.Origin} comes again from another history");
    }

    /// <summary>Every entry must name the change of its origin before it in its slot.</summary>
    private string? BreaksChain(in RemoteBatchInfo batch)
    {
        string? broken = null;
        RemoteBatch entries = RemoteBatch.Read(batch.Body.Span);
        while (broken is null && entries.MoveNext())
        {
            int slot = entries.Group.Slot;
            ref ulong last = ref _lastOfSlot[slot];
            ulong before = last != 0 ? last : engine.Vectors.Applied(slot, batch.Origin);
            if (entries.Hlc <= before)
                continue;
            if (entries.Group.Previous != before)
                broken = $"in slot {slot} a change of region {batch.Origin} is missing before sequence {entries.Group.Sequence}";
            last = entries.Hlc;
        }

        entries = RemoteBatch.Read(batch.Body.Span);
        while (entries.MoveNext())
            _lastOfSlot[entries.Group.Slot] = 0;
        return broken;
    }
}
