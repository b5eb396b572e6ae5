using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Binlog;

/// <summary>Reads the records of one segment file through a buffer, checking each against its place.</summary>
/// <remarks>Not thread-safe. A record is valid until the next read.</remarks>
internal sealed class SegmentReader : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly int _bufferBytes;
    private readonly uint _seed;
    private byte[] _buffer = [];
    private long _bufferStart;
    private int _bufferCount;

    private SegmentReader(SafeFileHandle file, string path, SegmentHeader header, int bufferBytes)
    {
        _file = file;
        Path = path;
        Header = header;
        _seed = header.Seed;
        _bufferBytes = bufferBytes;
    }

    public string Path { get; }

    public SegmentHeader Header { get; }

    public long First => Header.FirstPosition;

    public long FileLength => RandomAccess.GetLength(_file);

    /// <summary>Null with a reason when the file has no readable header.</summary>
    public static SegmentReader? TryOpen(string path, int bufferBytes, out string problem)
    {
        SafeFileHandle file;
        try
        {
            file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (IOException e)
        {
            problem = e.Message;
            return null;
        }

        Span<byte> bytes = stackalloc byte[SegmentHeader.Length];
        int read = RandomAccess.Read(file, bytes, 0);
        SegmentHeader? header = SegmentHeader.Read(bytes[..read], out problem);
        if (header is not null)
            return new SegmentReader(file, path, header, bufferBytes);
        file.Dispose();
        return null;
    }

    /// <summary>Reads what stands at a position.</summary>
    /// <param name="position">A record's place; the segment's own first position means its first record.</param>
    /// <param name="limit">Nothing at or beyond this position is looked at.</param>
    public SegmentReadStatus Read(long position, long limit, out BinlogRecord record, out string problem)
    {
        record = default;
        problem = "";
        if (position == First)
            position += SegmentHeader.Length;
        long offset = position - First;
        long limitOffset = limit - First;
        ReadOnlySpan<byte> head = View(offset, RecordHeader.Length, limitOffset);
        if (head.Length < sizeof(int))
            return head.ContainsAnyExcept((byte)0) ? Bad("the file ends within a record", out problem) : SegmentReadStatus.Empty;
        int length = BinaryPrimitives.ReadInt32LittleEndian(head);
        if (length == 0)
            return SegmentReadStatus.Empty;
        if (!RecordHeader.IsPlausible(length))
            return Bad($"{(uint)length} can't be the length of a record", out problem);
        if (length > limitOffset - offset || head.Length < RecordHeader.Length)
            return Bad("the record reaches beyond the end", out problem);
        ReadOnlySpan<byte> bytes = length <= _bufferBytes || length <= FileLength - offset ? View(offset, length, limitOffset) : default;
        if (bytes.Length < length)
            return Bad("the file ends within the record", out problem);
        RecordHeader header = RecordHeader.Read(bytes);
        if (header.Crc != RecordHeader.ChecksumOf(_seed, position, bytes))
            return Bad("the record fails its checksum", out problem);
        if (header.Position != position || RecordHeader.LengthOf(header.BodyLength, header.ExtensionsLength) != length || header.BodyLength < 0 || header.ExtensionsLength < 0)
            return Bad("the record's header is malformed", out problem);
        record = new BinlogRecord(header, Header.History, bytes);
        return SegmentReadStatus.Record;
    }

    public void Dispose() => _file.Dispose();

    private static SegmentReadStatus Bad(string what, out string problem)
    {
        problem = what;
        return SegmentReadStatus.Bad;
    }

    /// <summary>At least <paramref name="count"/> bytes from an offset, fewer only where the file or the limit ends before.</summary>
    private ReadOnlySpan<byte> View(long offset, int count, long limitOffset)
    {
        long within = offset - _bufferStart;
        if (within >= 0 && within + count <= _bufferCount)
            return _buffer.AsSpan((int)within, count);
        int wanted = (int)Math.Min(Math.Max(count, _bufferBytes), Math.Max(limitOffset - offset, 0));
        int needed = Math.Max(wanted, _bufferBytes);
        if (_buffer.Length < needed || _buffer.Length > 8L * needed)
            _buffer = GC.AllocateUninitializedArray<byte>(needed);
        _bufferStart = offset;
        _bufferCount = 0;
        while (_bufferCount < wanted)
        {
            int read = RandomAccess.Read(_file, _buffer.AsSpan(_bufferCount, wanted - _bufferCount), offset + _bufferCount);
            if (read == 0)
                break;
            _bufferCount += read;
        }

        return _buffer.AsSpan(0, Math.Min(_bufferCount, count));
    }
}
