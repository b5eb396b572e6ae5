namespace MultiCloudKv.Server.Storage.Cache;

/// <summary>
/// The operations on a chain's order. A record stands either in the tail, at the index it carries, or in a block, where
/// it is found by binary search; <see cref="Record.TailIndex"/> says which. Blocks are in key order, within and among
/// each other, and never empty.
/// </summary>
/// <remarks>Whoever holds the stripe. Changes of blocks disturb cursors that stand in them: the caller detaches those first.</remarks>
internal static unsafe class ChainIndex
{
    private const int Fill = ChainBlock.Max * 3 / 4;

    internal static void Add(Chain* chain, Record* record, StripeMemory memory)
    {
        if (chain->TailCount == chain->TailCapacity)
        {
            int capacity = chain->TailCapacity == 0 ? 3 : checked(chain->TailCapacity * 2);
            chain->Tail = (Record**)memory.Resize((byte*)chain->Tail, (nuint)chain->TailCapacity * 8, (nuint)capacity * 8);
            chain->TailCapacity = capacity;
        }

        record->Chain = chain;
        record->TailIndex = (uint)chain->TailCount;
        chain->Tail[chain->TailCount++] = record;
    }

    internal static void Remove(Chain* chain, Record* record, StripeMemory memory)
    {
        record->Chain = null;
        if (record->TailIndex != Record.InBlock)
        {
            Record* last = chain->Tail[--chain->TailCount];
            chain->Tail[record->TailIndex] = last;
            last->TailIndex = record->TailIndex;
            return;
        }

        (int at, int index) = Locate(chain, record);
        ChainBlock* block = chain->Blocks[at];
        Record** items = ChainBlock.Items(block);
        block->Count--;
        chain->BlockRecords--;
        new Span<nint>(items + index + 1, block->Count - index).CopyTo(new Span<nint>(items + index, block->Count - index));
        if (block->Count > 0)
            return;
        ChainBlock.Free(block, memory);
        chain->BlockCount--;
        new Span<nint>(chain->Blocks + at + 1, chain->BlockCount - at).CopyTo(new Span<nint>(chain->Blocks + at, chain->BlockCount - at));
    }

    /// <summary>Puts another record of the same key into a record's place.</summary>
    internal static void Replace(Chain* chain, Record* record, Record* by)
    {
        by->Chain = chain;
        by->TailIndex = record->TailIndex;
        record->Chain = null;
        if (record->TailIndex != Record.InBlock)
        {
            chain->Tail[record->TailIndex] = by;
            return;
        }

        (int at, int index) = Locate(chain, record);
        ChainBlock.Items(chain->Blocks[at])[index] = by;
    }

    /// <summary>Moves the tail into the blocks: one by one when it is short beside them, else by sorting everything anew.</summary>
    internal static void Sort(Chain* chain, StripeMemory memory)
    {
        if (chain->TailCount == 0)
            return;
        if (chain->TailCount <= chain->BlockRecords / 8)
        {
            int count = chain->TailCount;
            chain->TailCount = 0;
            for (int i = 0; i < count; i++)
                InsertSorted(chain, chain->Tail[i], memory);
        }
        else
        {
            SortAll(chain, memory);
        }

        if (chain->TailCapacity > 64)
            FreeTail(chain, memory);
    }

    /// <summary>Position of the first record in the blocks with a key not below <paramref name="key"/>.</summary>
    internal static (int Block, int Index) LowerBound(Chain* chain, ReadOnlySpan<byte> key)
    {
        int low = 0;
        int high = chain->BlockCount;
        while (low < high)
        {
            int middle = (low + high) / 2;
            ChainBlock* block = chain->Blocks[middle];
            if (Record.Key(ChainBlock.Items(block)[block->Count - 1]).SequenceCompareTo(key) < 0)
                low = middle + 1;
            else
                high = middle;
        }

        if (low == chain->BlockCount)
            return (low, 0);
        return (low, LowerBound(chain->Blocks[low], key));
    }

    /// <summary>Takes any record out, in no order; null when the chain is empty.</summary>
    internal static Record* TakeAny(Chain* chain, StripeMemory memory)
    {
        Record* record;
        if (chain->TailCount > 0)
        {
            record = chain->Tail[--chain->TailCount];
        }
        else if (chain->BlockCount > 0)
        {
            ChainBlock* block = chain->Blocks[chain->BlockCount - 1];
            record = ChainBlock.Items(block)[--block->Count];
            chain->BlockRecords--;
            if (block->Count == 0)
            {
                ChainBlock.Free(block, memory);
                chain->BlockCount--;
            }
        }
        else
        {
            return null;
        }

        record->Chain = null;
        return record;
    }

    /// <summary>Appends all records, in no order.</summary>
    internal static void CopyTo(Chain* chain, PointerList to)
    {
        for (int i = 0; i < chain->TailCount; i++)
            to.Add(chain->Tail[i]);
        for (int b = 0; b < chain->BlockCount; b++)
        {
            ChainBlock* block = chain->Blocks[b];
            for (int i = 0; i < block->Count; i++)
                to.Add(ChainBlock.Items(block)[i]);
        }
    }

    internal static void FreeArrays(Chain* chain, StripeMemory memory)
    {
        FreeTail(chain, memory);
        for (int b = 0; b < chain->BlockCount; b++)
            ChainBlock.Free(chain->Blocks[b], memory);
        if (chain->Blocks != null)
            memory.Free(chain->Blocks, (nuint)chain->BlockCapacity * 8);
        chain->Blocks = null;
        chain->BlockCount = 0;
        chain->BlockCapacity = 0;
        chain->BlockRecords = 0;
    }

    private static void FreeTail(Chain* chain, StripeMemory memory)
    {
        if (chain->Tail != null)
            memory.Free(chain->Tail, (nuint)chain->TailCapacity * 8);
        chain->Tail = null;
        chain->TailCount = 0;
        chain->TailCapacity = 0;
    }

    private static (int Block, int Index) Locate(Chain* chain, Record* record)
    {
        (int at, int index) = LowerBound(chain, Record.Key(record));
        Foundation.Invariant.Check(at < chain->BlockCount && ChainBlock.Items(chain->Blocks[at])[index] == record);
        return (at, index);
    }

    private static int LowerBound(ChainBlock* block, ReadOnlySpan<byte> key)
    {
        Record** items = ChainBlock.Items(block);
        int low = 0;
        int high = block->Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (Record.Key(items[middle]).SequenceCompareTo(key) < 0)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    private static void InsertSorted(Chain* chain, Record* record, StripeMemory memory)
    {
        ReadOnlySpan<byte> key = Record.Key(record);
        (int at, int index) = LowerBound(chain, key);
        if (at == chain->BlockCount)
        {
            at--;
            index = chain->Blocks[at]->Count;
        }

        ChainBlock* block = chain->Blocks[at];
        if (block->Count == ChainBlock.Max)
        {
            // At the very end nothing is moved: keys that only grow leave full blocks behind.
            bool append = index == block->Count && at == chain->BlockCount - 1;
            int first = append ? block->Count : block->Count / 2;
            Split(chain, at, first, memory);
            if (index > first || append)
            {
                at++;
                index -= first;
            }

            block = chain->Blocks[at];
        }
        else if (block->Count == block->Capacity)
        {
            block = ChainBlock.Grow(block, Math.Min(ChainBlock.Max, block->Capacity * 2), memory);
            chain->Blocks[at] = block;
        }

        Record** items = ChainBlock.Items(block);
        new Span<nint>(items + index, block->Count - index).CopyTo(new Span<nint>(items + index + 1, block->Count - index));
        items[index] = record;
        block->Count++;
        chain->BlockRecords++;
        record->TailIndex = Record.InBlock;
    }

    private static void Split(Chain* chain, int at, int first, StripeMemory memory)
    {
        ChainBlock* full = chain->Blocks[at];
        ChainBlock* second = ChainBlock.Make(ChainBlock.Max, memory);
        second->Count = full->Count - first;
        full->Count = first;
        new Span<nint>(ChainBlock.Items(full) + first, second->Count).CopyTo(new Span<nint>(ChainBlock.Items(second), second->Count));
        ReserveBlocks(chain, chain->BlockCount + 1, memory);
        int behind = chain->BlockCount - at - 1;
        new Span<nint>(chain->Blocks + at + 1, behind).CopyTo(new Span<nint>(chain->Blocks + at + 2, behind));
        chain->Blocks[at + 1] = second;
        chain->BlockCount++;
    }

    private static void ReserveBlocks(Chain* chain, int count, StripeMemory memory)
    {
        if (count <= chain->BlockCapacity)
            return;
        int capacity = Math.Max(count, chain->BlockCapacity * 2);
        chain->Blocks = (ChainBlock**)memory.Resize((byte*)chain->Blocks, (nuint)chain->BlockCapacity * 8, (nuint)capacity * 8);
        chain->BlockCapacity = capacity;
    }

    private static void SortAll(Chain* chain, StripeMemory memory)
    {
        var all = new PointerList();
        CopyTo(chain, all);
        RecordSorter.Sort(all.AsSpan());
        FreeArrays(chain, memory);
        int blocks = (all.Count + Fill - 1) / Fill;
        ReserveBlocks(chain, blocks, memory);
        for (int from = 0; from < all.Count; from += Fill)
        {
            int count = Math.Min(Fill, all.Count - from);
            ChainBlock* block = ChainBlock.Make(blocks == 1 ? count : ChainBlock.Max, memory);
            block->Count = count;
            for (int i = 0; i < count; i++)
            {
                Record* record = all[from + i];
                record->TailIndex = Record.InBlock;
                ChainBlock.Items(block)[i] = record;
            }

            chain->Blocks[chain->BlockCount++] = block;
        }

        chain->BlockRecords = all.Count;
        all.Free();
    }
}
