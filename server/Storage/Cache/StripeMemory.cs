namespace MultiCloudKv.Server.Storage.Cache;

/// <summary>A stripe's native memory and its count: small blocks from a heap of its own, large ones from <see cref="NativeHeap"/>.</summary>
/// <remarks>Owned by whoever holds the stripe.</remarks>
internal sealed unsafe class StripeMemory(CacheAccount account)
{
    private readonly RecordHeap _heap = new();
    private long _cachedUnreported;
    private long _dirtyUnreported;

    /// <summary>Bytes of this stripe, clean and dirty.</summary>
    internal long Cached { get; private set; }

    /// <summary>Bytes of this stripe's dirty records.</summary>
    internal long Dirty { get; private set; }

    /// <summary>Bytes a block of this size takes, the allocator's own included.</summary>
    internal static nuint Footprint(nuint size) => size <= RecordHeap.LargestBytes ? RecordHeap.Footprint(size) : NativeHeap.Footprint(size);

    /// <summary>The largest size with the same footprint: what a block of this size can hold.</summary>
    internal static nuint Usable(nuint size) => size <= RecordHeap.LargestBytes ? Math.Min(RecordHeap.Footprint(size) - 8, RecordHeap.LargestBytes) : NativeHeap.Usable(size);

    internal byte* Allocate(nuint size)
    {
        Count((long)Footprint(size));
        return size <= RecordHeap.LargestBytes ? _heap.Allocate(size) : NativeHeap.Allocate(size);
    }

    internal byte* Resize(byte* block, nuint from, nuint to)
    {
        if (from > RecordHeap.LargestBytes && to > RecordHeap.LargestBytes)
        {
            byte* resized = NativeHeap.Resize(block, to);
            Count((long)NativeHeap.Footprint(to) - (long)NativeHeap.Footprint(from));
            return resized;
        }

        byte* moved = Allocate(to);
        if (from == 0)
            return moved;
        Buffer.MemoryCopy(block, moved, to, Math.Min(from, to));
        Free(block, from);
        return moved;
    }

    internal void Free(void* block, nuint size)
    {
        if (size <= RecordHeap.LargestBytes)
            _heap.Release(block);
        else
            NativeHeap.Free(block, size);
        Count(-(long)Footprint(size));
    }

    /// <summary>Gives back what the heap has kept: everything is freed.</summary>
    internal void End()
    {
        _heap.End();
        Report();
    }

    internal void CountDirty(long difference)
    {
        Dirty += difference;
        _dirtyUnreported += difference;
        if (Math.Abs(_dirtyUnreported) > account.Lump)
        {
            account.AddDirty(_dirtyUnreported);
            _dirtyUnreported = 0;
        }
    }

    /// <summary>Hands over all differences, however small.</summary>
    internal void Report()
    {
        account.AddCached(_cachedUnreported);
        account.AddDirty(_dirtyUnreported);
        _cachedUnreported = 0;
        _dirtyUnreported = 0;
    }

    private void Count(long difference)
    {
        Cached += difference;
        _cachedUnreported += difference;
        if (Math.Abs(_cachedUnreported) > account.Lump)
        {
            account.AddCached(_cachedUnreported);
            _cachedUnreported = 0;
        }
    }
}
