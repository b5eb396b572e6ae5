using MultiCloudKv.Server.Storage.Cache;

namespace MultiCloudKv.Server.Tests.Cache;

public sealed class PieceSupplyTests
{
    [Fact]
    public async Task Pieces_TakenAndGivenByManyThreads_BelongToOneAtATime()
    {
        // Each writes its mark into all of a piece and finds it there until it gives the piece back: neither another taker nor the thread that warms blocks may touch it.
        await Task.WhenAll(Enumerable.Range(1, 4).Select(mark => Task.Run(() => TakeAndGive((byte)mark))));
    }

    private static unsafe void TakeAndGive(byte mark)
    {
        var held = new Queue<nint>();
        for (int round = 0; round < 300; round++)
        {
            byte* piece = PieceSupply.Take();
            new Span<byte>(piece, PieceSupply.PieceBytes).Fill(mark);
            held.Enqueue((nint)piece);
            if (held.Count > 60 || (round % 7 == 0 && held.Count > 20))
                Check(held.Dequeue(), mark);
        }

        while (held.TryDequeue(out nint piece))
            Check(piece, mark);
    }

    private static unsafe void Check(nint piece, byte mark)
    {
        Assert.Equal(-1, new ReadOnlySpan<byte>((void*)piece, PieceSupply.PieceBytes).IndexOfAnyExcept(mark));
        PieceSupply.Give((byte*)piece);
    }
}
