using System.Runtime.InteropServices;

namespace MultiCloudKv.RocksDb.Native;

/// <summary>Read options with the memory of their bounds, which the native side only points to, and the snapshot they read at.</summary>
internal sealed unsafe class ReadOptionsHandle(nint value) : NativeHandle(value)
{
    private void* _lower;
    private void* _upper;
    private SnapshotHandle? _snapshot;

    internal void SetSnapshot(SnapshotHandle? snapshot)
    {
        if (snapshot is not null)
            Hold(snapshot);
        NativeMethods.rocksdb_readoptions_set_snapshot(this, snapshot?.DangerousGetHandle() ?? 0);
        if (_snapshot is not null)
            Release(_snapshot);
        _snapshot = snapshot;
    }

    internal void SetLowerBound(ReadOnlySpan<byte> key)
    {
        void* copy = Copy(key);
        NativeMethods.rocksdb_readoptions_set_iterate_lower_bound(this, (byte*)copy, (nuint)key.Length);
        NativeMemory.Free(_lower);
        _lower = copy;
    }

    internal void SetUpperBound(ReadOnlySpan<byte> key)
    {
        void* copy = Copy(key);
        NativeMethods.rocksdb_readoptions_set_iterate_upper_bound(this, (byte*)copy, (nuint)key.Length);
        NativeMemory.Free(_upper);
        _upper = copy;
    }

    protected override bool ReleaseHandle()
    {
        NativeMethods.rocksdb_readoptions_destroy(handle);
        NativeMemory.Free(_lower);
        NativeMemory.Free(_upper);
        if (_snapshot is not null)
            Release(_snapshot);
        return true;
    }

    private static void* Copy(ReadOnlySpan<byte> key)
    {
        void* copy = NativeMemory.Alloc((nuint)Math.Max(key.Length, 1));
        key.CopyTo(new Span<byte>(copy, key.Length));
        return copy;
    }
}
