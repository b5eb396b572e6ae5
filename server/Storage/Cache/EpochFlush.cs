using MultiCloudKv.Foundation;

namespace MultiCloudKv.Server.Storage.Cache;

/// <summary>
/// Writes one closed epoch: gathers its frozen records, sorts them by key, hands them to the checkpoint store in order.
/// </summary>
/// <remarks>
/// Each stripe's records are sorted by themselves. Within a kind of record the stripes follow one another in key order, so the whole
/// is in order when it is written kind by kind, stripe by stripe; and no step is long (<see cref="FlushPace"/>).
/// A dropped range becomes point deletions where the checkpoint holds few records in it, and a range deletion where it
/// holds many: range deletions cost every later read that passes them. A record written to the range after the drop, in
/// the same epoch, survives either way.
/// Runs on one thread; reads frozen records without locks.
/// </remarks>
internal static unsafe class EpochFlush
{
    private const int PointDeletesMax = 64;
    private const int PaceEvery = 64;
    private const int Ahead = 8;

    /// <returns>Records and bytes written.</returns>
    internal static (long Records, long Bytes) Write(RecordCache cache, ClosedEpoch closed, SystemRecords system, FlushPace pace)
    {
        var stripes = new PointerList[RecordCache.StripeCount];
        var made = new List<nint>();
        try
        {
            long count = system.Count;
            for (int s = 0; s < stripes.Length; s++)
            {
                stripes[s] = new PointerList();
                Gather(cache.Store, closed.Frozen(s), stripes[s], made);
                RecordSorter.Sort(stripes[s].AsSpan());
                count += stripes[s].Count;
                pace.Breathe();
            }

            if (count == 0)
                return (0, 0);
            using CheckpointWriter writer = cache.Store.BeginWrite();
            foreach ((byte[] key, byte[]? value) in system.Sorted)
            {
                if (value is null)
                    writer.Delete(key);
                else
                    writer.Put(key, value);
            }

            WriteKinds(writer, stripes, pace);
            Failpoint.Hit("epoch-before-commit");
            cache.StepFlushSequence();
            writer.Commit();
            cache.StepFlushSequence();
            return (count, writer.Bytes);
        }
        finally
        {
            foreach (PointerList? stripe in stripes)
                stripe?.Free();
            foreach (nint record in made)
                NativeHeap.Free((void*)record, ((Record*)record)->AllocatedBytes);
        }
    }

    private static void Gather(CheckpointStore store, FrozenStripe frozen, PointerList all, List<nint> made)
    {
        for (int i = 0; i < frozen.Records.Count; i++)
            all.Add(frozen.Records[i]);
        for (int i = 0; i < frozen.Drops.Count; i++)
            Expand(store, frozen.Drops[i], all, made);
    }

    private static void WriteKinds(CheckpointWriter writer, PointerList[] stripes, FlushPace pace)
    {
        int[] done = new int[stripes.Length];
        while (true)
        {
            int kind = int.MaxValue;
            for (int s = 0; s < stripes.Length; s++)
            {
                if (done[s] < stripes[s].Count)
                    kind = Math.Min(kind, Record.Key(stripes[s][done[s]])[0]);
            }

            if (kind == int.MaxValue)
                return;
            for (int s = 0; s < stripes.Length; s++)
                done[s] = WriteKind(writer, stripes[s], done[s], (byte)kind, pace);
        }
    }

    /// <summary>Turns a drop of few records into deletions of each; keeps that of many.</summary>
    private static void Expand(CheckpointStore store, Record* drop, PointerList all, List<nint> made)
    {
        ReadOnlySpan<byte> low = Record.Key(drop);
        byte[] end = new byte[low.Length];
        ReadOnlySpan<byte> high = end.AsSpan(0, RecordShape.PrefixEnd(low, end));
        int first = made.Count;
        using (CheckpointIterator existing = store.Iterate(low, high, reverse: false, mayBlock: true))
        {
            while (existing.MoveNext() == ReadOutcome.Found)
            {
                if (made.Count - first == PointDeletesMax)
                {
                    all.Add(drop);
                    return;
                }

                made.Add((nint)MakeDeletion(existing.Key));
            }
        }

        for (int i = first; i < made.Count; i++)
            all.Add((Record*)made[i]);
    }

    private static Record* MakeDeletion(ReadOnlySpan<byte> key)
    {
        var record = (Record*)NativeHeap.Allocate(Record.HeaderBytes + (nuint)key.Length);
        *record = default;
        record->KeyLength = (uint)key.Length;
        record->Flags = RecordFlags.Tombstone | RecordFlags.FromDrop;
        key.CopyTo(new Span<byte>((byte*)record + Record.HeaderBytes, key.Length));
        return record;
    }

    /// <summary>Writes a stripe's records of one kind; returns the place behind them.</summary>
    private static int WriteKind(CheckpointWriter writer, PointerList all, int from, byte kind, FlushPace pace)
    {
        byte[] end = [];
        int i = from;
        for (; i < all.Count && Record.Key(all[i])[0] == kind; i++)
        {
            if (i % PaceEvery == 0)
                pace.Breathe();
            Record* record = all[i];
            Record.Prefetch(all[Math.Min(i + Ahead, all.Count - 1)]);
            ReadOnlySpan<byte> key = Record.Key(record);
            Record* kept = record->Is(RecordFlags.FromDrop | RecordFlags.RangeDrop) ? null : record;
            bool drop = record->Is(RecordFlags.RangeDrop);
            while (i + 1 < all.Count && Record.Key(all[i + 1]).SequenceEqual(key))
            {
                Record* same = all[++i];
                drop |= same->Is(RecordFlags.RangeDrop);
                if (!same->Is(RecordFlags.FromDrop | RecordFlags.RangeDrop))
                {
                    Invariant.Check(kept == null);
                    kept = same;
                }
                else if (record->Is(RecordFlags.RangeDrop))
                {
                    record = same;
                }
            }

            if (drop)
            {
                if (end.Length < key.Length)
                    end = new byte[key.Length * 2];
                writer.DeleteRange(key, end.AsSpan(0, RecordShape.PrefixEnd(key, end)));
            }

            if (kept == null && record->Is(RecordFlags.FromDrop))
                kept = record;
            if (kept == null)
                continue;
            if (kept->Is(RecordFlags.Tombstone))
                writer.Delete(key);
            else
                writer.Put(key, Record.Value(kept));
        }

        return i;
    }
}
