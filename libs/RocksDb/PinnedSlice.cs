using MultiCloudKv.RocksDb.Native;

namespace MultiCloudKv.RocksDb;

/// <summary>
/// A value read without copying: it stands in the block cache or in memory of its own until <see cref="Dispose"/>. A
/// ref struct and not a SafeHandle, because one is made per read: it can't leave the stack, and the compiler sees its lifetime.
/// </summary>
public unsafe ref struct PinnedSlice
{
    private nint _slice;

    internal PinnedSlice(nint slice)
    {
        _slice = slice;
        nuint length;
        byte* bytes = NativeMethods.rocksdb_pinnableslice_value(slice, &length);
        Span = new ReadOnlySpan<byte>(bytes, checked((int)length));
    }

    /// <summary>The bytes; empty when nothing was found. Not to be used after <see cref="Dispose"/>.</summary>
    public ReadOnlySpan<byte> Span { get; private set; }

    public void Dispose()
    {
        nint slice = _slice;
        _slice = 0;
        Span = default;
        if (slice != 0)
            NativeMethods.rocksdb_pinnableslice_destroy(slice);
    }
}
