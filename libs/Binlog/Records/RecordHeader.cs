using System.Buffers.Binary;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Binlog;

/// <summary>
/// The fixed part of a record. All integers little-endian.
/// <code>
///   offset 0   length             u32   of the whole record, a multiple of 8; never 0
///          4   crc32c             u32   of segment id, history id, position, length, and everything from offset 8 to the end
///          8   kind               u8    RecordKind
///          9   origin             u8    region whose clients made the changes
///         10   count              u16   groups (Own) or entries (RemoteBatch, TakenBack)
///         12   incarnation        u32   of this region when it wrote the record
///         16   hybrid time        u64   of this node; rises from record to record, whatever the kind. Own: the stamp of the change
///         24   position           u64   of the record itself
///         32   body length        u32
///         36   extensions length  u32
///         40   body
///          …   extensions         (type u16, length u32, value)*; a reader must understand those whose type has the top bit
///          …   zeros up to length
/// </code>
/// </summary>
internal readonly struct RecordHeader
{
    public const int Length = 40;
    public const int Alignment = 8;

    private const int CrcStart = 8;

    public required int RecordLength { get; init; }

    public required uint Crc { get; init; }

    public required RecordKind Kind { get; init; }

    public required byte Origin { get; init; }

    public required ushort Count { get; init; }

    public required uint Incarnation { get; init; }

    public required ulong Hlc { get; init; }

    public required long Position { get; init; }

    public required int BodyLength { get; init; }

    public required int ExtensionsLength { get; init; }

    /// <summary>Length of a record with these parts; more than <see cref="BinlogOptions.RecordBytesMax"/> may come out.</summary>
    public static long LengthOf(int body, int extensions) =>
        (Length + (long)body + extensions + Alignment - 1) & ~(long)(Alignment - 1);

    /// <summary>What all checksums of a segment begin with.</summary>
    public static uint Seed(ulong segmentId, HistoryId history) =>
        Crc32C.Update(Crc32C.Update(Crc32C.Update(uint.MaxValue, segmentId), history.High), history.Low);

    /// <summary>Checksum of a record that stands whole in memory.</summary>
    public static uint ChecksumOf(uint seed, long position, ReadOnlySpan<byte> record) =>
        ~Crc32C.Update(Begin(seed, position, record.Length), record[CrcStart..]);

    /// <summary>Continues a segment's seed with what identifies one record.</summary>
    public static uint Begin(uint seed, long position, int length) =>
        Crc32C.Update(Crc32C.Update(seed, (ulong)position), (ulong)length);

    /// <summary>Writes everything but the checksum.</summary>
    public void Write(Span<byte> to)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(to, (uint)RecordLength);
        BinaryPrimitives.WriteUInt32LittleEndian(to[4..], Crc);
        to[8] = (byte)Kind;
        to[9] = Origin;
        BinaryPrimitives.WriteUInt16LittleEndian(to[10..], Count);
        BinaryPrimitives.WriteUInt32LittleEndian(to[12..], Incarnation);
        BinaryPrimitives.WriteUInt64LittleEndian(to[16..], Hlc);
        BinaryPrimitives.WriteInt64LittleEndian(to[24..], Position);
        BinaryPrimitives.WriteInt32LittleEndian(to[32..], BodyLength);
        BinaryPrimitives.WriteInt32LittleEndian(to[36..], ExtensionsLength);
    }

    public static RecordHeader Read(ReadOnlySpan<byte> from) => new()
    {
        RecordLength = BinaryPrimitives.ReadInt32LittleEndian(from),
        Crc = BinaryPrimitives.ReadUInt32LittleEndian(from[4..]),
        Kind = (RecordKind)from[8],
        Origin = from[9],
        Count = BinaryPrimitives.ReadUInt16LittleEndian(from[10..]),
        Incarnation = BinaryPrimitives.ReadUInt32LittleEndian(from[12..]),
        Hlc = BinaryPrimitives.ReadUInt64LittleEndian(from[16..]),
        Position = BinaryPrimitives.ReadInt64LittleEndian(from[24..]),
        BodyLength = BinaryPrimitives.ReadInt32LittleEndian(from[32..]),
        ExtensionsLength = BinaryPrimitives.ReadInt32LittleEndian(from[36..]),
    };

    /// <summary>True when a length can be one of a record.</summary>
    public static bool IsPlausible(int length) =>
        length is >= Length and <= BinlogOptions.RecordBytesMax && length % Alignment == 0;
}
