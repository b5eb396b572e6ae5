using System.Buffers;
using System.Runtime.InteropServices;

namespace MultiCloudKv.Server.Network;

/// <summary>
/// The bytes the parser reads, in one array: the pipe's own segment when a read brought whole commands in one piece,
/// otherwise an array of its own, where what is left of one read waits for the next.
/// </summary>
/// <remarks>
/// The array grows with the bytes that have arrived, never with the length a client announces, up to
/// <see cref="BytesMax"/>; it is given back when it is empty and large. Owned by one <see cref="RequestRunner"/>.
/// </remarks>
internal sealed class RequestBuffer
{
    /// <summary>Bytes of one request that may wait for the rest of it.</summary>
    public const int BytesMax = 0x7fff_0000;

    private const int KeptBytes = 64 * 1024;
    private byte[] _own = [];
    private int _ownLength;

    public byte[] Bytes { get; private set; } = [];

    public int Start { get; private set; }

    public int Length { get; private set; }

    /// <summary>Takes what has arrived. The bytes stay the pipe's until <see cref="KeepRest"/>.</summary>
    public void Take(in ReadOnlySequence<byte> arrived, long wanted)
    {
        if (_ownLength == 0 && arrived.IsSingleSegment && MemoryMarshal.TryGetArray(arrived.First, out ArraySegment<byte> segment))
        {
            Take(segment.Array!, segment.Offset, segment.Count);
            return;
        }

        int count = (int)Math.Min(arrived.Length, BytesMax - _ownLength);
        Ensure(_ownLength + count, wanted);
        arrived.Slice(0, count).CopyTo(_own.AsSpan(_ownLength));
        _ownLength += count;
        Bytes = _own;
        Start = 0;
        Length = _ownLength;
    }

    /// <summary>Takes what has arrived, with nothing left of what came before.</summary>
    public void Take(byte[] arrived, int start, int length)
    {
        Bytes = arrived;
        Start = start;
        Length = length;
    }

    /// <summary>The first bytes have been executed.</summary>
    public void Consume(int count)
    {
        Start += count;
        Length -= count;
    }

    /// <summary>Keeps what was not consumed in the own array. False when it is more than one request may be.</summary>
    public bool KeepRest()
    {
        if (Length >= BytesMax)
            return false;
        bool isOwn = ReferenceEquals(Bytes, _own);
        if (Length == 0)
        {
            _ownLength = 0;
            if (_own.Length > KeptBytes)
                _own = [];
        }
        else if (isOwn && Start == 0)
        {
            _ownLength = Length;
        }
        else
        {
            if (!isOwn)
                _ownLength = 0;
            Span<byte> rest = Bytes.AsSpan(Start, Length);
            if (!isOwn)
                Ensure(Length, 0);
            rest.CopyTo(_own);
            _ownLength = Length;
        }

        Bytes = _own;
        Start = 0;
        Length = _ownLength;
        return true;
    }

    private void Ensure(int needed, long wanted)
    {
        if (_own.Length >= needed)
            return;
        long size = Math.Max(Math.Max(needed, 4096), _own.Length * 2L);
        if (wanted >= needed && wanted < size)
            size = wanted;
        Array.Resize(ref _own, (int)Math.Min(size, BytesMax));
    }
}
