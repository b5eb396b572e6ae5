using System.Runtime.InteropServices;

namespace MultiCloudKv.Server.Storage.Cache;

/// <summary>A run of a chain's records in key order: count and capacity, then the pointers. The only block of a short chain is small.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 8)]
internal unsafe struct ChainBlock
{
    internal const int Max = 510;
    private const int HeaderBytes = 8;

    internal int Count;
    internal int Capacity;

    internal static Record** Items(ChainBlock* block) => (Record**)((byte*)block + HeaderBytes);

    internal static ChainBlock* Make(int capacity, StripeMemory memory)
    {
        var block = (ChainBlock*)memory.Allocate(Bytes(capacity));
        block->Count = 0;
        block->Capacity = capacity;
        return block;
    }

    internal static ChainBlock* Grow(ChainBlock* block, int capacity, StripeMemory memory)
    {
        var grown = (ChainBlock*)memory.Resize((byte*)block, Bytes(block->Capacity), Bytes(capacity));
        grown->Capacity = capacity;
        return grown;
    }

    internal static void Free(ChainBlock* block, StripeMemory memory) => memory.Free(block, Bytes(block->Capacity));

    private static nuint Bytes(int capacity) => HeaderBytes + ((nuint)capacity * 8);
}
