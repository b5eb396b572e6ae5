using System.Numerics;
using System.Runtime.InteropServices;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Server.Storage.Cache;

/// <summary>
/// The memory of one stripe's records and tables: two-level segregated fit (Masmano, Ripoll, Crespo, Real: "TLSF: a new dynamic memory
/// allocator for real-time systems", 2004) over pieces of <see cref="PieceSupply"/>.
/// <para>
/// <b>Purpose.</b> Allocation and release in constant time without a lock or a system call, because the stripe is held
/// anyway; neighbours that are free become one, so that a change in the sizes of records strands nothing.
/// </para>
/// <para>
/// <b>Layout.</b> A piece is a run of blocks and an end mark of size 0. A block is a head of 8 bytes, its size, a multiple of 16, with two flags in
/// the low bits: it is free, the one before is free; then what the owner sees. A free one holds its neighbours in its list there, and its size again in its
/// last 8 bytes, where the block behind finds it.
/// </para>
/// <para>
/// <b>Invariants.</b> No two neighbours are free. A list holds blocks of one size class; a class's bit is set while its list holds
/// any. One free piece is kept, others go back.
/// </para>
/// </summary>
/// <remarks>Owned by whoever holds the stripe.</remarks>
internal sealed unsafe class RecordHeap
{
    /// <summary>Largest size in bytes; what is larger is not this heap's.</summary>
    internal const nuint LargestBytes = 16 << 10;

    private const int HeadBytes = 8;
    private const nuint BlockMin = 32;
    private const nuint Free = 1;
    private const nuint BeforeIsFree = 2;
    private const nuint Flags = 15;
    private const nuint WholePiece = PieceSupply.PieceBytes - 16;
    private const int LinearBits = 9;
    private const int StepBits = 5;
    private const int Steps = 1 << StepBits;
    private const int Levels = 11;

    private readonly nint[] _lists = new nint[Levels * Steps];
    private readonly uint[] _steps = new uint[Levels];
    private uint _levels;
    private int _freePieces;

    /// <summary>Bytes a block of this size takes, its head included.</summary>
    internal static nuint Footprint(nuint size)
    {
        nuint rounded = (size + HeadBytes + 15) & ~(nuint)15;
        return rounded < BlockMin ? BlockMin : rounded;
    }

    /// <summary>A block for <paramref name="size"/> bytes, at most <see cref="LargestBytes"/>, aligned to 16; its content is undefined.</summary>
    internal byte* Allocate(nuint size)
    {
        nuint wanted = Footprint(size);
        Block* block = TakeFit(wanted);
        if (block == null)
        {
            AddPiece();
            block = TakeFit(wanted);
        }

        nuint rest = block->Size - wanted;
        Block* next = Behind(block, block->Size);
        if (rest >= BlockMin)
        {
            var split = (Block*)((byte*)block + wanted);
            split->Head = 0;
            block->Head = wanted | (block->Head & BeforeIsFree);
            Put(split, rest);
        }
        else
        {
            block->Head &= ~Free;
            next->Head &= ~BeforeIsFree;
        }

        return (byte*)block + HeadBytes;
    }

    internal void Release(void* memory)
    {
        var block = (Block*)((byte*)memory - HeadBytes);
        nuint size = block->Size;
        Block* next = Behind(block, size);
        if ((next->Head & Free) != 0)
        {
            size += next->Size;
            Unlink(next);
        }

        if ((block->Head & BeforeIsFree) != 0)
        {
            nuint before = *(nuint*)((byte*)block - HeadBytes);
            block = (Block*)((byte*)block - before);
            size += before;
            Unlink(block);
        }

        if (size == WholePiece && ++_freePieces > 1)
        {
            _freePieces--;
            PieceSupply.Give((byte*)block - HeadBytes);
            return;
        }

        Put(block, size);
    }

    /// <summary>Gives the last piece back. Everything has been released.</summary>
    internal void End()
    {
        if (_freePieces == 0)
            return;
        var block = (Block*)_lists[ClassOf(WholePiece)];
        Unlink(block);
        PieceSupply.Give((byte*)block - HeadBytes);
        _freePieces = 0;
    }

    private static Block* Behind(Block* block, nuint size) => (Block*)((byte*)block + size);

    /// <summary>Index of the list that holds free blocks of this size. Below 512 bytes a list holds one size, above it 1/32 of a power of two.</summary>
    private static int ClassOf(nuint size)
    {
        if (size < 1 << LinearBits)
            return (int)(size >> 4);
        int power = BitOperations.Log2(size);
        return ((power - LinearBits + 1) << StepBits) + (int)((size >> (power - StepBits)) & (Steps - 1));
    }

    /// <summary>Takes a free block of at least a size out of its list; null when there is none.</summary>
    private Block* TakeFit(nuint size)
    {
        // Every block of the class that is searched fits: the size is rounded up to the class's lowest.
        int at = ClassOf(size < 1 << LinearBits ? size : size + ((nuint)1 << (BitOperations.Log2(size) - StepBits)) - 1);
        int level = at >> StepBits;
        uint steps = _steps[level] & (uint.MaxValue << (at & (Steps - 1)));
        if (steps == 0)
        {
            uint levels = _levels & ((uint.MaxValue << level) << 1);
            if (levels == 0)
                return null;
            level = BitOperations.TrailingZeroCount(levels);
            steps = _steps[level];
        }

        var block = (Block*)_lists[(level << StepBits) + BitOperations.TrailingZeroCount(steps)];
        if (block->Size == WholePiece)
            _freePieces--;
        Unlink(block);
        return block;
    }

    /// <summary>Makes a block free, of this size, and tells the one behind.</summary>
    private void Put(Block* block, nuint size)
    {
        block->Head = size | Free;
        *(nuint*)((byte*)block + size - HeadBytes) = size;
        Behind(block, size)->Head |= BeforeIsFree;
        int at = ClassOf(size);
        block->Before = null;
        block->After = (Block*)_lists[at];
        if (block->After != null)
            block->After->Before = block;
        _lists[at] = (nint)block;
        _steps[at >> StepBits] |= 1u << (at & (Steps - 1));
        _levels |= 1u << (at >> StepBits);
    }

    private void Unlink(Block* block)
    {
        if (block->After != null)
            block->After->Before = block->Before;
        if (block->Before != null)
        {
            block->Before->After = block->After;
            return;
        }

        int at = ClassOf(block->Size);
        _lists[at] = (nint)block->After;
        if (block->After != null)
            return;
        _steps[at >> StepBits] &= ~(1u << (at & (Steps - 1)));
        if (_steps[at >> StepBits] == 0)
            _levels &= ~(1u << (at >> StepBits));
    }

    private void AddPiece()
    {
        byte* piece = PieceSupply.Take();
        *(nuint*)(piece + HeadBytes + WholePiece) = 0;
        Put((Block*)(piece + HeadBytes), WholePiece);
        _freePieces++;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Block
    {
        internal nuint Head;
        internal Block* After;
        internal Block* Before;

        internal readonly nuint Size => Head & ~Flags;
    }
}
