using System.Reflection;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Binlog.Tests;

/// <summary>Pins the bytes of format version 1: a segment with one record of each kind, written once and kept.</summary>
public class GoldenFormatTests
{
    private const string Name = "0000000000001000.mlog";
    private const long First = 0x1000;

    private static readonly HistoryId History = HistoryId.Parse("00112233445566778899aabbccddeeff");

    [Fact]
    public void Version1_AsItIsKept_IsWhatThisVersionWrites() => Assert.Equal(Kept(), Build());

    [Fact]
    public void Version1_AsItIsKept_IsRead()
    {
        using var log = new TestLog();
        Directory.CreateDirectory(log.Dir);
        string path = Path.Combine(log.Dir, Name);
        File.WriteAllBytes(path, Kept());
        VerifyReport report = BinlogTool.Verify(path);
        Assert.True(report.Ok, report.ToString());
        Assert.Equal(4, report.Records);
        using SegmentReader segment = SegmentReader.TryOpen(path, 4096, out _)!;
        Assert.Equal((History, new BinlogIdentity("golden", 3, 7, "node-a")), (segment.Header.History, segment.Header.Identity));
        Assert.Equal(SegmentReadStatus.Record, segment.Read(First, long.MaxValue, out BinlogRecord own, out _));
        Assert.Equal((RecordKind.Own, (byte)3, 7u, 1000UL), (own.Kind, own.Origin, own.Incarnation, own.Hlc));
        GroupReader groups = own.Groups;
        Assert.True(groups.MoveNext());
        Assert.Equal((1234, 5UL, 900UL), (groups.Current.Slot, groups.Current.Sequence, groups.Current.Previous));
    }

    [Fact]
    public void ANewerMajorVersion_IsRefusedInOneLine()
    {
        byte[] bytes = Kept();
        bytes[8] = 2;
        Assert.Null(SegmentHeader.Read(bytes, out string problem));
        Assert.Contains("newer", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void NumbersOnDisk_AreTheseForGood()
    {
        Assert.Equal("Own=1 RemoteBatch=2 TakenBack=3 Marker=4", Numbers<RecordKind>());
        Assert.Equal("EpochCut=1 Writable=2 History=3", Numbers<MarkerKind>());
        Assert.Equal((1, 2, 3, 4), (RecordExtensions.TraceId, RecordExtensions.CommandName, RecordExtensions.ClientIdentity, RecordExtensions.ReceivedAt));
    }

    private static string Numbers<T>()
        where T : struct, Enum => string.Join(' ', Enum.GetValues<T>().Select(v => $"{v}={Convert.ToInt32(v)}"));

    private static byte[] Kept()
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("segment-v1.mlog")!;
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static byte[] Build()
    {
        var header = new SegmentHeader
        {
            SegmentId = 0x0102030405060708,
            FirstPosition = First,
            History = History,
            Identity = new BinlogIdentity("golden", 3, 7, "node-a"),
            CreatedMs = 1_700_000_000_000,
        };
        var file = new ByteWriter();
        header.Write(file.Reserve(SegmentHeader.Length));
        var context = new StampVector { [1] = 500, [3] = 800 };
        var group = new ByteWriter();
        ChangeGroup.Write(group, 1234, 5, 900, context, 3, [1, 0, 1, 107]);
        var extensions = new ByteWriter();
        RecordExtensions.Write(extensions, RecordExtensions.CommandName, "SET"u8);
        Add(file, header, RecordKind.Own, 3, 1, 1000, group.Written, extensions.Written);
        var batch = new ByteWriter();
        new SourceCursor(2, 1, History, 77, -1, "mckv.golden.west.g1").Write(batch);
        RemoteBatch.WriteEntry(batch, 990, 4, group.Written);
        Add(file, header, RecordKind.RemoteBatch, 1, 1, 1001, batch.Written, default);
        Add(file, header, RecordKind.TakenBack, 3, 1, 1002, batch.Written, default);
        Add(file, header, RecordKind.Marker, 3, 0, 1003, [(byte)MarkerKind.Writable, 1, 2], default);
        return file.Written.ToArray();
    }

    private static void Add(ByteWriter file, SegmentHeader segment, RecordKind kind, byte origin, ushort count, ulong hlc, ReadOnlySpan<byte> body, ReadOnlySpan<byte> extensions)
    {
        int length = (int)RecordHeader.LengthOf(body.Length, extensions.Length);
        long position = First + file.Length;
        Span<byte> record = file.Reserve(length);
        record.Clear();
        body.CopyTo(record[RecordHeader.Length..]);
        extensions.CopyTo(record[(RecordHeader.Length + body.Length)..]);
        RecordHeader header = new()
        {
            RecordLength = length,
            Crc = 0,
            Kind = kind,
            Origin = origin,
            Count = count,
            Incarnation = 7,
            Hlc = hlc,
            Position = position,
            BodyLength = body.Length,
            ExtensionsLength = extensions.Length,
        };
        header.Write(record);
        uint crc = RecordHeader.ChecksumOf(segment.Seed, position, record);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(record[4..], crc);
    }
}
