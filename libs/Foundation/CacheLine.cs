using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace MultiCloudKv.Foundation;

/// <summary>Hints to the processor's caches. Nothing where the processor has no such instruction.</summary>
public static unsafe class CacheLine
{
    private const int Bytes = 64;

    /// <summary>Asks for the line of an address, which may be any: the hint never faults.</summary>
    public static void Prefetch(void* address)
    {
        if (Sse.IsSupported)
            Sse.Prefetch0(address);
    }

    /// <summary>Asks for the line of a variable.</summary>
    public static void Prefetch<T>(ref T variable) => Prefetch(Unsafe.AsPointer(ref variable));

    /// <summary>Asks for the first two lines of an object without reading it. Should it be moved meanwhile, the hint is useless and nothing else.</summary>
    public static void PrefetchObject<T>(ref T reference)
        where T : class
    {
        nint at = Unsafe.As<T, nint>(ref reference);
        Prefetch((void*)at);
        Prefetch((void*)(at + Bytes));
    }
}
