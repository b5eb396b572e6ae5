using System.Buffers.Binary;
using MultiCloudKv.Foundation;
using MultiCloudKv.Replicator.Transports;

namespace MultiCloudKv.Replicator.Ship;

/// <summary>
/// Puts the changes of one partition into messages: as many as fit, of one history and incarnation; a change larger than a
/// message alone, in chunks of a fixed length, so that cutting it again gives the same chunks.
/// </summary>
/// <remarks>Not thread-safe; owned by one shipper. Buffers are taken from and given back to its pool.</remarks>
internal sealed class MessageBuilder(int partition, byte origin, uint generation, int messageBytes, bool compress, Stack<ByteWriter> pool)
{
    private const int CompressBytesMin = 512;
    private const int EntryHead = 12;
    private ByteWriter? _buffer;
    private HistoryId _history;
    private uint _incarnation;
    private ulong _previous;
    private ulong _firstStamp;
    private ulong _lastStamp;
    private ushort _firstSlot;
    private ushort _lastSlot;
    private uint _entries;

    /// <summary>Sequence of the last change put into a message.</summary>
    public ulong Sequence { get; private set; }

    public uint Incarnation => _incarnation;

    public bool IsEmpty => _entries == 0;

    public void StartAt(ulong sequence, uint incarnation)
    {
        Sequence = sequence;
        _incarnation = incarnation;
    }

    /// <summary>True when a change must travel alone, in chunks.</summary>
    public bool IsLarge(in ChangeGroup group) => group.Bytes.Length + EntryHead > messageBytes;

    /// <summary>Adds a change; a message that is full, or of another history, goes to <paramref name="done"/> first.</summary>
    public void Add(ulong hlc, uint incarnation, HistoryId history, in ChangeGroup group, List<PooledMessage> done)
    {
        if (_entries > 0 && (history != _history || incarnation != _incarnation
            || _buffer!.Length - MessageHeader.Length + EntryHead + group.Bytes.Length > messageBytes || _entries == MessageLimits.EntriesMax))
        {
            Flush(done);
        }

        if (_entries == 0)
        {
            _buffer = Take();
            _buffer.Reserve(MessageHeader.Length);
            _history = history;
            _incarnation = incarnation;
            _previous = group.Sequence - 1;
            _firstStamp = hlc;
            _firstSlot = _lastSlot = group.Slot;
        }

        Span<byte> head = _buffer!.Reserve(EntryHead);
        BinaryPrimitives.WriteUInt64LittleEndian(head, hlc);
        BinaryPrimitives.WriteUInt32LittleEndian(head[8..], incarnation);
        _buffer.Write(group.Bytes);
        _entries++;
        _lastStamp = hlc;
        _firstSlot = Math.Min(_firstSlot, group.Slot);
        _lastSlot = Math.Max(_lastSlot, group.Slot);
        Sequence = group.Sequence;
    }

    /// <summary>Begins a change that travels alone; <see cref="NextChunk"/> gives its messages.</summary>
    public LargeChange Alone(ulong hlc, uint incarnation, HistoryId history, in ChangeGroup group)
    {
        byte[] entry = GC.AllocateUninitializedArray<byte>(EntryHead + group.Bytes.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(entry, hlc);
        BinaryPrimitives.WriteUInt32LittleEndian(entry.AsSpan(8), incarnation);
        group.Bytes.CopyTo(entry.AsSpan(EntryHead));
        var header = new MessageHeader
        {
            Kind = MessageKind.Changes,
            Origin = origin,
            Partition = partition,
            Generation = generation,
            Incarnation = incarnation,
            History = history,
            Sequence = group.Sequence,
            Previous = group.Sequence - 1,
            FirstStamp = hlc,
            LastStamp = hlc,
            FirstSlot = group.Slot,
            LastSlot = group.Slot,
            Entries = 1,
            Chunks = (ushort)((entry.Length + messageBytes - 1) / messageBytes),
        };
        Sequence = group.Sequence;
        _incarnation = incarnation;
        return new LargeChange(entry, header);
    }

    /// <summary>The next chunk's message; true when it was the last.</summary>
    public bool NextChunk(LargeChange change, List<PooledMessage> done)
    {
        ReadOnlySpan<byte> part = change.Entry.AsSpan(change.Next * messageBytes);
        part = part[..Math.Min(part.Length, messageBytes)];
        ByteWriter buffer = Take();
        buffer.Reserve(MessageHeader.Length);
        buffer.Write(part);
        bool last = change.Next + 1 == change.Header.Chunks;
        done.Add(Finish(buffer, change.Header with { Chunk = (ushort)change.Next, PlainLength = part.Length }, last ? 1 : 0));
        change.Next++;
        return last;
    }

    /// <summary>Finishes the message being built, if there is one.</summary>
    public void Flush(List<PooledMessage> done)
    {
        if (_entries == 0)
            return;
        ByteWriter buffer = _buffer!;
        _buffer = null;
        var header = new MessageHeader
        {
            Kind = MessageKind.Changes,
            Origin = origin,
            Partition = partition,
            Generation = generation,
            Incarnation = _incarnation,
            History = _history,
            Sequence = Sequence,
            Previous = _previous,
            FirstStamp = _firstStamp,
            LastStamp = _lastStamp,
            FirstSlot = _firstSlot,
            LastSlot = _lastSlot,
            Entries = _entries,
            Chunks = 1,
            PlainLength = buffer.Length - MessageHeader.Length,
        };
        int entries = (int)_entries;
        _entries = 0;
        done.Add(Finish(buffer, header, entries));
    }

    public void Heartbeat(HeartbeatBody body, HistoryId history, uint incarnation, List<PooledMessage> done)
    {
        ByteWriter buffer = Take();
        buffer.Reserve(MessageHeader.Length);
        body.Write(buffer);
        var header = new MessageHeader
        {
            Kind = MessageKind.Heartbeat,
            Origin = origin,
            Partition = partition,
            Generation = generation,
            Incarnation = incarnation,
            History = history,
            Sequence = Sequence,
            Previous = Sequence,
            FirstStamp = body.Frontier,
            LastStamp = body.Frontier,
            Chunks = 1,
            PlainLength = buffer.Length - MessageHeader.Length,
        };
        header.Seal(buffer.Patch(0, buffer.Length));
        done.Add(new PooledMessage(new OutMessage(partition, buffer.WrittenMemory, Sequence, 0), buffer));
    }

    private PooledMessage Finish(ByteWriter buffer, MessageHeader header, int changes)
    {
        int plain = buffer.Length - MessageHeader.Length;
        if (compress && plain >= CompressBytesMin && Lz4.Available)
        {
            ByteWriter packed = Take();
            Span<byte> room = packed.Reserve(MessageHeader.Length + Lz4.BoundOf(plain));
            int length = Lz4.Compress(buffer.Written[MessageHeader.Length..], room[MessageHeader.Length..]);
            if (length > 0 && length < plain)
            {
                packed.Truncate(MessageHeader.Length + length);
                header = header with { Flags = MessageFlags.Lz4 };
                (buffer, packed) = (packed, buffer);
            }

            packed.Clear();
            pool.Push(packed);
        }

        header.Seal(buffer.Patch(0, buffer.Length));
        return new PooledMessage(new OutMessage(partition, buffer.WrittenMemory, header.Sequence, changes), buffer);
    }

    private ByteWriter Take() => pool.TryPop(out ByteWriter? buffer) ? buffer : new ByteWriter(4096);
}
