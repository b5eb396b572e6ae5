using System.Buffers;

namespace MultiCloudKv.Server.Network.Epoll;

/// <summary>
/// Arrays of one size that a loop's thread takes and gives back many times a round: a plain stack before the shared pool, which takes a lock
/// for all but one array of a thread. An array may go to either of the two.
/// </summary>
/// <remarks>Used by the loop's thread.</remarks>
/// <param name="bytes">A size of the shared pool's: a power of two.</param>
internal sealed class BufferStack(int bytes)
{
    private const int Max = 256;
    private readonly Stack<byte[]> _free = new();

    public byte[] Take() => _free.TryPop(out byte[]? buffer) ? buffer : ArrayPool<byte>.Shared.Rent(bytes);

    public void Give(byte[] buffer)
    {
        if (buffer.Length == bytes && _free.Count < Max)
            _free.Push(buffer);
        else
            ArrayPool<byte>.Shared.Return(buffer);
    }
}
