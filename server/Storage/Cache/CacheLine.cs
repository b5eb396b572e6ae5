using System.Runtime.Intrinsics.X86;

namespace MultiCloudKv.Server.Storage.Cache;

/// <summary>Hints to the processor's caches.</summary>
internal static unsafe class CacheLine
{
    /// <summary>Asks for the line of an address, which may be any: the hint never faults. Nothing where the processor has no such instruction.</summary>
    internal static void Prefetch(void* address)
    {
        if (Sse.IsSupported)
            Sse.Prefetch0(address);
    }
}
