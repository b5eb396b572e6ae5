using System.Runtime.InteropServices;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Server.Storage.Cache;

/// <summary>
/// Memory outside the garbage collector's heap by the C library's allocator: lists, large values, whatever is not a record of
/// a stripe's own heap (<see cref="RecordHeap"/>). Two arenas at most, and a fixed threshold above which a block is its own mapping and goes
/// back to the system when it is freed.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal static unsafe partial class NativeHeap
{
    /// <summary>From this size on a block is its own mapping.</summary>
    private const int MappedBytesMin = 128 << 10;

    private const int ArenaMax = -8;
    private const int MmapThreshold = -3;
    private const int TrimThreshold = -1;
    private const int Page = 4096;

    static NativeHeap()
    {
        _ = SetOption(ArenaMax, 2);
        _ = SetOption(MmapThreshold, MappedBytesMin);
        _ = SetOption(TrimThreshold, 16 << 20);
    }

    /// <summary>Bytes a block of this size takes from the system, the allocator's own included.</summary>
    internal static nuint Footprint(nuint size)
    {
        if (size >= MappedBytesMin)
            return (size + 16 + Page - 1) & ~(nuint)(Page - 1);
        nuint rounded = (size + 8 + 15) & ~(nuint)15;
        return rounded < 32 ? 32 : rounded;
    }

    /// <summary>The largest size with the same footprint: what a block of this size can hold.</summary>
    internal static nuint Usable(nuint size) => Footprint(size) - (size >= MappedBytesMin ? 16u : 8u);

    internal static byte* Allocate(nuint size)
    {
        byte* block = size < MappedBytesMin ? MallocSmall(size) : Malloc(size);
        if (block == null)
            throw new EnvironmentException($"the system has no memory left for a record of {size} bytes; lower cache-bytes", ExitCodes.Environment);
        return block;
    }

    internal static byte* Resize(byte* block, nuint size)
    {
        byte* moved = Realloc(block, size);
        if (moved == null)
            throw new EnvironmentException($"the system has no memory left for an index of {size} bytes; lower cache-bytes", ExitCodes.Environment);
        return moved;
    }

    internal static void Free(void* block, nuint size)
    {
        if (size < MappedBytesMin)
            FreeSmall(block);
        else
            FreeBlock(block);
    }

    [LibraryImport("libc", EntryPoint = "malloc")]
    [SuppressGCTransition]
    private static partial byte* MallocSmall(nuint size);

    [LibraryImport("libc", EntryPoint = "malloc")]
    private static partial byte* Malloc(nuint size);

    [LibraryImport("libc", EntryPoint = "realloc")]
    private static partial byte* Realloc(byte* block, nuint size);

    [LibraryImport("libc", EntryPoint = "free")]
    [SuppressGCTransition]
    private static partial void FreeSmall(void* block);

    [LibraryImport("libc", EntryPoint = "free")]
    private static partial void FreeBlock(void* block);

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetOption(int option, int value);
}
