using System.Buffers.Binary;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Replicator.Transports;

/// <summary>
/// The head of every message between regions, the same on either transport. All integers little-endian.
/// <code>
///   offset 0   magic              u16  0x4B4D ("MK")
///          2   format version     u8   1; a reader refuses a newer one
///          3   kind               u8   MessageKind
///          4   origin             u8   region whose clients made the changes
///          5   flags              u8   MessageFlags
///          6   partition          u16
///          8   generation         u32  of the partitions
///         12   incarnation        u32  of the origin when the last change in it was made
///         16   history id         16   of the origin's log in which the changes were numbered
///         32   sequence           u64  of the last change in it; heartbeat: of the last change sent before it
///         40   previous           u64  sequence before the first change in it; heartbeat: equal to sequence
///         48   first stamp        u64  hybrid time of the first change; heartbeat: own frontier
///         56   last stamp         u64  of the last one; heartbeat: own frontier
///         64   first slot         u16  smallest slot touched
///         66   last slot          u16  largest
///         68   entries            u32
///         72   chunk              u16  this one, from 0
///         74   chunks             u16  of how many; more than 1: one change too large for a message, cut at fixed lengths
///         76   plain length       u32  of the payload
///         80   payload length     u32  as it follows
///         84   crc32c             u32  of bytes 0 to 83 and the payload as it follows
///         88   payload
/// </code>
/// Sequences rise by one per change, within an incarnation of the origin and a partition. Everything in a message of
/// changes is derived from the origin's binlog: a change that is sent again is the same byte for byte, whatever others
/// travel with it.
/// </summary>
public readonly record struct MessageHeader
{
    public const int Length = 88;
    public const byte FormatVersion = 1;
    public const int ChunksMax = ushort.MaxValue;
    private const ushort Magic = 0x4B4D;
    private const MessageFlags Known = MessageFlags.Lz4;
    private const int CrcOffset = 84;

    public required MessageKind Kind { get; init; }

    public required byte Origin { get; init; }

    public MessageFlags Flags { get; init; }

    public required int Partition { get; init; }

    public required uint Generation { get; init; }

    public required uint Incarnation { get; init; }

    public required HistoryId History { get; init; }

    public required ulong Sequence { get; init; }

    public required ulong Previous { get; init; }

    public required ulong FirstStamp { get; init; }

    public required ulong LastStamp { get; init; }

    public ushort FirstSlot { get; init; }

    public ushort LastSlot { get; init; }

    public uint Entries { get; init; }

    public ushort Chunk { get; init; }

    public ushort Chunks { get; init; }

    public int PlainLength { get; init; }

    /// <summary>Writes a whole message: head with its checksum, then the payload as it is to travel.</summary>
    public void Write(ByteWriter to, ReadOnlySpan<byte> payload)
    {
        int start = to.Length;
        to.Reserve(Length);
        to.Write(payload);
        Seal(to.Patch(start, Length + payload.Length));
    }

    /// <summary>Writes the head in front of a payload that stands behind <see cref="Length"/> reserved bytes already.</summary>
    public void Seal(Span<byte> message)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(message, Magic);
        message[2] = FormatVersion;
        message[3] = (byte)Kind;
        message[4] = Origin;
        message[5] = (byte)Flags;
        BinaryPrimitives.WriteUInt16LittleEndian(message[6..], (ushort)Partition);
        BinaryPrimitives.WriteUInt32LittleEndian(message[8..], Generation);
        BinaryPrimitives.WriteUInt32LittleEndian(message[12..], Incarnation);
        History.Write(message[16..]);
        BinaryPrimitives.WriteUInt64LittleEndian(message[32..], Sequence);
        BinaryPrimitives.WriteUInt64LittleEndian(message[40..], Previous);
        BinaryPrimitives.WriteUInt64LittleEndian(message[48..], FirstStamp);
        BinaryPrimitives.WriteUInt64LittleEndian(message[56..], LastStamp);
        BinaryPrimitives.WriteUInt16LittleEndian(message[64..], FirstSlot);
        BinaryPrimitives.WriteUInt16LittleEndian(message[66..], LastSlot);
        BinaryPrimitives.WriteUInt32LittleEndian(message[68..], Entries);
        BinaryPrimitives.WriteUInt16LittleEndian(message[72..], Chunk);
        BinaryPrimitives.WriteUInt16LittleEndian(message[74..], Chunks);
        BinaryPrimitives.WriteInt32LittleEndian(message[76..], PlainLength);
        BinaryPrimitives.WriteInt32LittleEndian(message[80..], message.Length - Length);
        BinaryPrimitives.WriteUInt32LittleEndian(message[CrcOffset..], Checksum(message));
    }

    /// <summary>Reads and checks a whole message. False: <paramref name="wrong"/> says in one line what is wrong with it.</summary>
    public static bool TryRead(ReadOnlySpan<byte> message, out MessageHeader header, out string wrong)
    {
        header = default;
        wrong = "";
        if (message.Length < Length || BinaryPrimitives.ReadUInt16LittleEndian(message) != Magic)
        {
            wrong = "not a message of this product";
            return false;
        }

        if (message[2] != FormatVersion || ((MessageFlags)message[5] & ~Known) != 0)
        {
            wrong = $"message format {message[2]} with flags {message[5]} is newer than this version reads ({FormatVersion})";
            return false;
        }

        if (BinaryPrimitives.ReadInt32LittleEndian(message[80..]) != message.Length - Length
            || BinaryPrimitives.ReadUInt32LittleEndian(message[CrcOffset..]) != Checksum(message))
        {
            wrong = "a message is damaged: its length or checksum is wrong";
            return false;
        }

        header = new MessageHeader
        {
            Kind = (MessageKind)message[3],
            Origin = message[4],
            Flags = (MessageFlags)message[5],
            Partition = BinaryPrimitives.ReadUInt16LittleEndian(message[6..]),
            Generation = BinaryPrimitives.ReadUInt32LittleEndian(message[8..]),
            Incarnation = BinaryPrimitives.ReadUInt32LittleEndian(message[12..]),
            History = HistoryId.Read(message[16..]),
            Sequence = BinaryPrimitives.ReadUInt64LittleEndian(message[32..]),
            Previous = BinaryPrimitives.ReadUInt64LittleEndian(message[40..]),
            FirstStamp = BinaryPrimitives.ReadUInt64LittleEndian(message[48..]),
            LastStamp = BinaryPrimitives.ReadUInt64LittleEndian(message[56..]),
            FirstSlot = BinaryPrimitives.ReadUInt16LittleEndian(message[64..]),
            LastSlot = BinaryPrimitives.ReadUInt16LittleEndian(message[66..]),
            Entries = BinaryPrimitives.ReadUInt32LittleEndian(message[68..]),
            Chunk = BinaryPrimitives.ReadUInt16LittleEndian(message[72..]),
            Chunks = BinaryPrimitives.ReadUInt16LittleEndian(message[74..]),
            PlainLength = BinaryPrimitives.ReadInt32LittleEndian(message[76..]),
        };
        return true;
    }

    /// <summary>Incarnation and history of a message whose head is known to be good.</summary>
    public static (uint Incarnation, HistoryId History) PeekPast(ReadOnlySpan<byte> message) =>
        (BinaryPrimitives.ReadUInt32LittleEndian(message[12..]), HistoryId.Read(message[16..]));

    /// <summary>The partition that a message which is not checked yet names. False: it is none of this product.</summary>
    public static bool TryPeekPartition(ReadOnlySpan<byte> message, out int partition)
    {
        bool known = IsKnown(message);
        partition = known ? BinaryPrimitives.ReadUInt16LittleEndian(message[6..]) : 0;
        return known;
    }

    /// <summary>How long the first message of <paramref name="messages"/> says that it is, unchecked. False: it is none of this product, or says what can't be.</summary>
    public static bool TryPeekLength(ReadOnlySpan<byte> messages, out int length)
    {
        int payload = IsKnown(messages) ? BinaryPrimitives.ReadInt32LittleEndian(messages[80..]) : -1;
        bool possible = payload is >= 0 and <= MessageLimits.MessageBytesMax;
        length = possible ? Length + payload : 0;
        return possible;
    }

    private static bool IsKnown(ReadOnlySpan<byte> message) =>
        message.Length >= Length && BinaryPrimitives.ReadUInt16LittleEndian(message) == Magic;

    private static uint Checksum(ReadOnlySpan<byte> message) =>
        ~Crc32C.Update(Crc32C.Update(uint.MaxValue, message[..CrcOffset]), message[Length..]);
}
