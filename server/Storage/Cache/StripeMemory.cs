namespace MultiCloudKv.Server.Storage.Cache;

/// <summary>A stripe's native memory and its count.</summary>
/// <remarks>Owned by whoever holds the stripe.</remarks>
internal sealed unsafe class StripeMemory(CacheAccount account)
{
    private long _cachedUnreported;
    private long _dirtyUnreported;

    /// <summary>Bytes of this stripe, clean and dirty.</summary>
    internal long Cached { get; private set; }

    /// <summary>Bytes of this stripe's dirty records.</summary>
    internal long Dirty { get; private set; }

    internal byte* Allocate(nuint size)
    {
        byte* block = NativeHeap.Allocate(size);
        Count((long)NativeHeap.Footprint(size));
        return block;
    }

    internal byte* Resize(byte* block, nuint from, nuint to)
    {
        byte* moved = NativeHeap.Resize(block, to);
        Count((long)NativeHeap.Footprint(to) - (from == 0 ? 0 : (long)NativeHeap.Footprint(from)));
        return moved;
    }

    internal void Free(void* block, nuint size)
    {
        NativeHeap.Free(block, size);
        Count(-(long)NativeHeap.Footprint(size));
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
