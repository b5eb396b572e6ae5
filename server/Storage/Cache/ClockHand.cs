namespace MultiCloudKv.Server.Storage.Cache;

/// <summary>
/// CLOCK over a stripe's table: a record that was used since the hand last passed loses its mark, one that was not is
/// evicted if it is clean and its chain lets it go. The mark is a bit of the table's entry, so that records in use are
/// passed over without being touched.
/// </summary>
/// <remarks>Owned by whoever holds the stripe.</remarks>
internal sealed unsafe class ClockHand(StripeRecords records)
{
    private ulong _place;
    private int _index;

    internal long Evictions { get; private set; }

    /// <summary>Evicts until <paramref name="bytes"/> are free or <paramref name="steps"/> entries were passed; returns what was freed.</summary>
    internal long Evict(long bytes, int steps)
    {
        long before = records.Memory.Cached;
        while (steps > 0 && before - records.Memory.Cached < bytes)
        {
            ulong next = _place;
            Span<ulong> entries = records.Table.SegmentAt(ref next);
            while (_index < entries.Length && steps > 0 && before - records.Memory.Cached < bytes)
            {
                steps--;
                ref ulong entry = ref entries[_index++];
                if (PointerTable.IsLive(entry))
                    Pass(ref entry);
            }

            if (_index < entries.Length)
                break;
            _index = 0;
            _place = next;
            if (entries.IsEmpty)
                break;
        }

        return before - records.Memory.Cached;
    }

    private void Pass(ref ulong entry)
    {
        if ((entry & PointerTable.Referenced) != 0)
        {
            entry &= ~PointerTable.Referenced;
            return;
        }

        var record = (Record*)PointerTable.Pointer(entry);
        if (record->Is(RecordFlags.Dirty))
            return;
        if (record->Is(RecordFlags.Loaded))
        {
            record->Flags &= ~RecordFlags.Loaded;
            return;
        }

        if (records.Chains.IsPinned(record->Chain) || record->Chain->Is(ChainFlags.Doomed))
            return;
        Evictions++;
        fixed (ulong* place = &entry)
            records.Evict(place, record);
    }
}
