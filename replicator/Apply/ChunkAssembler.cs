using MultiCloudKv.Replicator.Transports;

namespace MultiCloudKv.Replicator.Apply;

/// <summary>Puts the chunks of one large change together. One change at a time; a chunk out of turn drops what there is.</summary>
/// <remarks>Owned by its partition's order. Holds at most <see cref="MessageLimits.ChangeBytesMax"/>.</remarks>
internal sealed class ChunkAssembler
{
    private byte[] _buffer = [];
    private ulong _sequence;
    private int _next;
    private int _length;

    public bool Active => _next > 0;

    /// <summary>Adds a chunk. True: the change is whole in <paramref name="whole"/>, valid until the next call.</summary>
    public bool TryAdd(in MessageHeader header, ReadOnlySpan<byte> plain, out ReadOnlyMemory<byte> whole, out bool outOfTurn)
    {
        whole = default;
        if (header.Chunk == 0)
            Start(header.Sequence, Math.Min((long)plain.Length * header.Chunks, MessageLimits.ChangeBytesMax));
        outOfTurn = header.Sequence != _sequence || header.Chunk != _next || _length + (long)plain.Length > MessageLimits.ChangeBytesMax;
        if (outOfTurn)
        {
            Drop();
            return false;
        }

        if (_buffer.Length - _length < plain.Length)
            Array.Resize(ref _buffer, (int)Math.Min(Math.Max(_buffer.Length * 2L, _length + (long)plain.Length), MessageLimits.ChangeBytesMax));
        plain.CopyTo(_buffer.AsSpan(_length));
        _length += plain.Length;
        _next++;
        if (_next < header.Chunks)
            return false;
        whole = _buffer.AsMemory(0, _length);
        _buffer = [];
        Drop();
        return true;
    }

    public void Drop()
    {
        _next = 0;
        _length = 0;
        _sequence = 0;
        _buffer = [];
    }

    private void Start(ulong sequence, long expected)
    {
        Drop();
        _sequence = sequence;
        _buffer = GC.AllocateUninitializedArray<byte>((int)expected);
    }
}
