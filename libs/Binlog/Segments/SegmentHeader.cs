using System.Buffers.Binary;
using System.Text;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Binlog;

/// <summary>
/// The first <see cref="Length"/> bytes of a segment. They take part in the log's positions: a segment's first record stands at its first position plus <see cref="Length"/>.
/// <code>
///   offset 0   magic              8    "MCKVBLOG"
///          8   format major       u16  a reader refuses a larger one
///         10   format minor       u16
///         12   header length      u32  256
///         16   segment id         u64  random
///         24   first position     u64  of the segment's first byte; also its file name, 16 hexadecimal digits + ".mlog"
///         32   history id         16
///         48   region             u8
///         49   codec              u8   0 = none
///         50   zero               u16
///         52   incarnation        u32
///         56   encryption key id  u32  0 = none
///         60   zero               u32
///         64   created            u64  Unix time in milliseconds
///         72   cluster id         length u8, 64 bytes
///        137   node id            length u8, 64 bytes
///        202   zeros
///        252   crc32c             u32  of everything before
/// </code>
/// </summary>
public sealed record SegmentHeader
{
    public const int Length = 256;
    public const ushort FormatMajor = 1;
    public const ushort FormatMinor = 0;

    private const int ClusterAt = 72;
    private const int NodeAt = 137;
    private const int CrcAt = 252;

    public required ulong SegmentId { get; init; }

    public required long FirstPosition { get; init; }

    public required HistoryId History { get; init; }

    public required BinlogIdentity Identity { get; init; }

    public required long CreatedMs { get; init; }

    public ushort Major { get; init; } = FormatMajor;

    public ushort Minor { get; init; } = FormatMinor;

    public byte Codec { get; init; }

    public uint EncryptionKeyId { get; init; }

    private static ReadOnlySpan<byte> Magic => "MCKVBLOG"u8;

    internal uint Seed => RecordHeader.Seed(SegmentId, History);

    public void Write(Span<byte> to)
    {
        to[..Length].Clear();
        Magic.CopyTo(to);
        BinaryPrimitives.WriteUInt16LittleEndian(to[8..], Major);
        BinaryPrimitives.WriteUInt16LittleEndian(to[10..], Minor);
        BinaryPrimitives.WriteUInt32LittleEndian(to[12..], Length);
        BinaryPrimitives.WriteUInt64LittleEndian(to[16..], SegmentId);
        BinaryPrimitives.WriteInt64LittleEndian(to[24..], FirstPosition);
        History.Write(to[32..]);
        to[48] = Identity.Region;
        to[49] = Codec;
        BinaryPrimitives.WriteUInt32LittleEndian(to[52..], Identity.Incarnation);
        BinaryPrimitives.WriteUInt32LittleEndian(to[56..], EncryptionKeyId);
        BinaryPrimitives.WriteInt64LittleEndian(to[64..], CreatedMs);
        WriteName(to[ClusterAt..], Identity.ClusterId);
        WriteName(to[NodeAt..], Identity.NodeId);
        BinaryPrimitives.WriteUInt32LittleEndian(to[CrcAt..], Crc32C.Compute(to[..CrcAt]));
    }

    /// <summary>Null with a reason when the bytes are no header that this version can read.</summary>
    public static SegmentHeader? Read(ReadOnlySpan<byte> from, out string problem)
    {
        problem = from switch
        {
            { Length: < Length } => "shorter than a segment header",
            _ when !from.StartsWith(Magic) => "not a binlog segment (magic)",
            _ when BinaryPrimitives.ReadUInt16LittleEndian(from[8..]) > FormatMajor =>
                $"format version {BinaryPrimitives.ReadUInt16LittleEndian(from[8..])} is newer than this program knows ({FormatMajor})",
            _ when BinaryPrimitives.ReadUInt32LittleEndian(from[CrcAt..]) != Crc32C.Compute(from[..CrcAt]) => "segment header fails its checksum",
            _ when from[49] != 0 => $"codec {from[49]} is not known to this program",
            _ when BinaryPrimitives.ReadUInt32LittleEndian(from[56..]) != 0 => "encrypted, and this program knows no key",
            _ => "",
        };
        if (problem.Length > 0)
            return null;
        return new SegmentHeader
        {
            Major = BinaryPrimitives.ReadUInt16LittleEndian(from[8..]),
            Minor = BinaryPrimitives.ReadUInt16LittleEndian(from[10..]),
            SegmentId = BinaryPrimitives.ReadUInt64LittleEndian(from[16..]),
            FirstPosition = BinaryPrimitives.ReadInt64LittleEndian(from[24..]),
            History = HistoryId.Read(from[32..]),
            CreatedMs = BinaryPrimitives.ReadInt64LittleEndian(from[64..]),
            Identity = new BinlogIdentity(ReadName(from[ClusterAt..]), from[48], BinaryPrimitives.ReadUInt32LittleEndian(from[52..]), ReadName(from[NodeAt..])),
        };
    }

    private static void WriteName(Span<byte> to, string name) => to[0] = (byte)Encoding.UTF8.GetBytes(name, to.Slice(1, BinlogIdentity.NameBytesMax));

    private static string ReadName(ReadOnlySpan<byte> from) => Encoding.UTF8.GetString(from.Slice(1, Math.Min((int)from[0], BinlogIdentity.NameBytesMax)));
}
