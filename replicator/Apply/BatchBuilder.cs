using System.Buffers.Binary;
using MultiCloudKv.Binlog;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Replicator.Apply;

/// <summary>
/// Collects entries of one origin and partition as the body of a RemoteBatch record: the source cursor first, whose last
/// sequence and offset are set when the batch is sealed, then the entries.
/// </summary>
/// <remarks>Reused; owned by its partition's order. One history per batch, because its cursor names one.</remarks>
internal sealed class BatchBuilder
{
    private const int SequenceOffset = 2 + 4 + 16;
    private const int KeptBytesMax = 1 << 20;
    private readonly ByteWriter _body = new(4096);

    public int Count { get; private set; }

    public int Bytes => _body.Length;

    public HistoryId History { get; private set; }

    public void Begin(int partition, uint generation, HistoryId history, string topic)
    {
        History = history;
        new SourceCursor(partition, generation, history, 0, -1, topic).Write(_body);
    }

    public void Add(ReadOnlySpan<byte> entries, int count)
    {
        _body.Write(entries);
        Count += count;
    }

    /// <summary>The finished body, valid until <see cref="Clear"/>.</summary>
    public ReadOnlyMemory<byte> Seal(ulong lastSequence, long offset)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_body.Patch(SequenceOffset, 8), lastSequence);
        BinaryPrimitives.WriteInt64LittleEndian(_body.Patch(SequenceOffset + 8, 8), offset);
        return _body.WrittenMemory;
    }

    public void Clear()
    {
        _body.Clear();
        _body.Trim(KeptBytesMax);
        Count = 0;
    }
}
