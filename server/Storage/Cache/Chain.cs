using System.Runtime.InteropServices;

namespace MultiCloudKv.Server.Storage.Cache;

/// <summary>
/// Head of a chain in native memory: the cached records of one prefix. New records join the unsorted tail in constant
/// time; the first ordered use sorts the tail into blocks of at most <see cref="ChainBlock.Max"/> pointers. The prefix
/// follows the head.
/// </summary>
/// <remarks>Owned by whoever holds the stripe. <see cref="ChainIndex"/> holds the operations.</remarks>
[StructLayout(LayoutKind.Sequential, Pack = 8)]
internal unsafe struct Chain
{
    internal const int HeaderBytes = 72;

    internal uint KeyLength;
    internal ChainFlags Flags;
    internal byte Unused;
    internal ushort Slot;
    internal int TailCount;
    internal int TailCapacity;
    internal Record** Tail;
    internal int BlockCount;
    internal int BlockCapacity;
    internal ChainBlock** Blocks;
    internal int BlockRecords;

    /// <summary>Epoch in which the chain was made.</summary>
    internal uint BornEpoch;

    /// <summary>Epoch of the pending drop.</summary>
    internal uint DropEpoch;

    /// <summary>Last epoch in which a deletion was taken out of the chain: until it is flushed nothing of the chain is evicted.</summary>
    internal uint HiddenEpoch;

    /// <summary>Neighbours among the collection chains of the slot.</summary>
    internal Chain* Next;
    internal Chain* Previous;

    internal readonly int Count => TailCount + BlockRecords;

    internal readonly bool Is(ChainFlags flag) => (Flags & flag) != 0;

    internal static ReadOnlySpan<byte> Prefix(Chain* chain) => new((byte*)chain + HeaderBytes, (int)chain->KeyLength);
}
