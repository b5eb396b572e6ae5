using MultiCloudKv.Server.Storage.Cache;

namespace MultiCloudKv.Server.Tests.Cache;

public sealed unsafe class RecordHeapTests
{
    [Theory]
    [InlineData(1, 300)]
    [InlineData(2, 16 << 10)]
    [InlineData(3, 2000)]
    public void Blocks_AllocatedAndReleasedAtRandom_NeverOverlap(int seed, int largest)
    {
        var heap = new RecordHeap();
        var random = new Random(seed);
        var blocks = new List<(nint Address, int Size, byte Fill)>();
        long held = 0;
        for (int step = 0; step < 200_000; step++)
        {
            if (blocks.Count == 0 || (held < 8 << 20 && random.Next(100) < 55))
            {
                int size = random.Next(1, largest + 1);
                byte fill = (byte)random.Next();
                byte* block = heap.Allocate((nuint)size);
                Assert.Equal(0, (nint)block & 15);
                new Span<byte>(block, size).Fill(fill);
                blocks.Add(((nint)block, size, fill));
                held += size;
            }
            else
            {
                int at = random.Next(blocks.Count);
                (nint address, int size, byte fill) = blocks[at];
                AssertFilled(address, size, fill);
                heap.Release((void*)address);
                blocks[at] = blocks[^1];
                blocks.RemoveAt(blocks.Count - 1);
                held -= size;
            }
        }

        foreach ((nint address, int size, byte fill) in blocks)
        {
            AssertFilled(address, size, fill);
            heap.Release((void*)address);
        }

        heap.End();
    }

    [Fact]
    public void Blocks_AllReleased_MakeWholePiecesAgainWhateverTheOrder()
    {
        var heap = new RecordHeap();
        var random = new Random(7);
        var blocks = new List<nint>();
        for (int round = 0; round < 20; round++)
        {
            int size = 16 << random.Next(0, 10);
            for (long held = 0; held < 1 << 20; held += size)
                blocks.Add((nint)heap.Allocate((nuint)size));
            nint[] order = [.. blocks];
            blocks.Clear();
            random.Shuffle(order);
            foreach (nint block in order)
                heap.Release((void*)block);
        }

        // One piece is all that is kept: so many of the largest blocks fit into it without a new one.
        nint first = (nint)heap.Allocate(RecordHeap.LargestBytes);
        for (int i = 1; i < (PieceSupply.PieceBytes - 16) / (int)RecordHeap.Footprint(RecordHeap.LargestBytes); i++)
        {
            nint next = (nint)heap.Allocate(RecordHeap.LargestBytes);
            Assert.Equal(first & ~(nint)(PieceSupply.PieceBytes - 1), next & ~(nint)(PieceSupply.PieceBytes - 1));
            blocks.Add(next);
        }

        blocks.Add(first);
        foreach (nint block in blocks)
            heap.Release((void*)block);
        heap.End();
    }

    [Fact]
    public void Sizes_OfRecordsChange_StrandNoMemory()
    {
        // As records of 100 bytes give way to records of 1,000 in random order, the heap must not hold on to the room of both.
        var heap = new RecordHeap();
        var random = new Random(11);
        nint[] small = new nint[40_000];
        for (int i = 0; i < small.Length; i++)
            small[i] = (nint)heap.Allocate(100);
        random.Shuffle(small);
        var pieces = new HashSet<nint>();
        foreach (nint block in small)
            pieces.Add(block & ~(nint)(PieceSupply.PieceBytes - 1));
        int before = pieces.Count;
        var large = new List<nint>();
        int freed = 0;
        foreach (nint block in small)
        {
            heap.Release((void*)block);
            freed += 112;
            if (freed < 1008)
                continue;
            freed -= 1008;
            nint made = (nint)heap.Allocate(1000);
            large.Add(made);
            pieces.Add(made & ~(nint)(PieceSupply.PieceBytes - 1));
        }

        Assert.InRange(pieces.Count, before, before * 2);
        foreach (nint block in large)
            heap.Release((void*)block);
        heap.End();
    }

    private static void AssertFilled(nint address, int size, byte fill) =>
        Assert.Equal(-1, new ReadOnlySpan<byte>((void*)address, size).IndexOfAnyExcept(fill));
}
