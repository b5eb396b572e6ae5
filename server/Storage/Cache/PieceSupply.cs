using System.Numerics;
using System.Runtime.InteropServices;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Server.Storage.Cache;

/// <summary>
/// Memory for the heaps of the stripes, in pieces of 256 KiB cut from blocks of 2 MiB, which the system is asked to back by
/// huge pages: records are met in no order, and with small pages most of a read's time goes into translating its address.
/// </summary>
/// <remarks>
/// <para>Pieces are taken from blocks in use before a free block is broken. A block all of whose pieces came back is kept for the next
/// who asks; from some of these on, its memory is given back to the system, but its addresses stay mapped for the life of the process: who
/// reads what was just freed, without a lock and only to warm a cache, reads stale bytes and never faults.</para>
/// <para>The first touch of a block has the system clear 2 MiB, and on a virtual machine perhaps find them first: milliseconds, in which
/// whoever holds the stripe answers nobody. A thread of its own does that ahead of need: once blocks are being taken it keeps
/// <see cref="WarmBlocks"/> that have been touched. Whoever is faster than it touches for himself.</para>
/// <para>Thread-safe.</para>
/// </remarks>
internal static unsafe partial class PieceSupply
{
    /// <summary>Size of a piece.</summary>
    internal const int PieceBytes = 256 << 10;

    private const int BlockBytes = 2 << 20;
    private const byte AllFree = byte.MaxValue;
    private const int WarmBlocks = 24;
    private const int WarmBlocksLow = WarmBlocks * 2 / 3;
    private const nuint RegionBytes = 64 << 20;
    private const int ReadWrite = 3;
    private const int PrivateAnonymousNoReserve = 0x4022;
    private const int HugePages = 14;
    private const int NotNeeded = 4;

    private static readonly Lock Guard = new();
    private static readonly Dictionary<nint, byte> Partial = [];
    private static readonly Stack<nint> Warm = new();
    private static readonly Stack<nint> Cold = new();
    private static readonly AutoResetEvent Wanted = new(false);
    private static Thread? _warmer;
    private static nint _fresh;
    private static nint _freshEnd;

    /// <summary>A piece, aligned to its size; its content is undefined.</summary>
    /// <exception cref="EnvironmentException">The system has no memory left.</exception>
    internal static byte* Take()
    {
        lock (Guard)
        {
            nint block = 0;
            byte free = AllFree;
            using (Dictionary<nint, byte>.Enumerator partial = Partial.GetEnumerator())
            {
                if (partial.MoveNext())
                    (block, free) = partial.Current;
                else
                    block = TakeBlock();
            }

            int index = BitOperations.TrailingZeroCount(free);
            free = (byte)(free & (free - 1));
            if (free == 0)
                Partial.Remove(block);
            else
                Partial[block] = free;
            return (byte*)block + (index * PieceBytes);
        }
    }

    internal static void Give(byte* piece)
    {
        nint block = (nint)piece & ~(nint)(BlockBytes - 1);
        lock (Guard)
        {
            byte free = (byte)(Partial.GetValueOrDefault(block) | (1 << (int)(((nint)piece - block) / PieceBytes)));
            if (free != AllFree)
            {
                Partial[block] = free;
                return;
            }

            Partial.Remove(block);
            if (Warm.Count < WarmBlocks)
            {
                Warm.Push(block);
                return;
            }

            _ = Advise(block, BlockBytes, NotNeeded);
            Cold.Push(block);
        }
    }

    private static nint TakeBlock()
    {
        if (!Warm.TryPop(out nint block))
            block = TakeCold();
        if (Warm.Count < WarmBlocksLow)
            WakeWarmer();
        return block;
    }

    private static nint TakeCold() => Cold.TryPop(out nint block) ? block : NextFresh();

    private static void WakeWarmer()
    {
        if (_warmer is null)
        {
            _warmer = new Thread(KeepWarm) { IsBackground = true, Name = "warm-memory" };
            _warmer.Start();
        }

        Wanted.Set();
    }

    private static void KeepWarm()
    {
        while (true)
        {
            Wanted.WaitOne();
            while (TryTakeToWarm(out nint block))
            {
                for (nint page = 0; page < BlockBytes; page += Environment.SystemPageSize)
                    Volatile.Write(ref *(byte*)(block + page), 0);
                lock (Guard)
                    Warm.Push(block);
            }
        }
    }

    /// <summary>False when enough are warm, or the system has no more: then whoever needs a block is told so.</summary>
    private static bool TryTakeToWarm(out nint block)
    {
        lock (Guard)
        {
            block = 0;
            if (Warm.Count >= WarmBlocks)
                return false;
            try
            {
                block = TakeCold();
                return true;
            }
            catch (EnvironmentException)
            {
                return false;
            }
        }
    }

    private static nint NextFresh()
    {
        if (_fresh == _freshEnd)
        {
            nint region = Map(0, RegionBytes + BlockBytes, ReadWrite, PrivateAnonymousNoReserve, -1, 0);
            if (region == -1)
                throw new EnvironmentException("the system has no memory left for records; lower cache-bytes", ExitCodes.Environment);
            _fresh = (region + BlockBytes - 1) & ~(nint)(BlockBytes - 1);
            _freshEnd = _fresh + (nint)RegionBytes;
            _ = Advise(_fresh, RegionBytes, HugePages);
        }

        nint block = _fresh;
        _fresh += BlockBytes;
        return block;
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int descriptor, nint offset);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint address, nuint length, int advice);
}
