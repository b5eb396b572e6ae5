using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;

namespace MultiCloudKv.Binlog;

/// <summary>
/// A segment written through a shared mapping: an append is a copy. The first touch of a page costs a fault of a microsecond or more (the
/// file system's write notification included), so the helper thread takes them ahead of the writer; what lies well behind is dropped from
/// the process's resident memory (it stays in the page cache, where readers and the sync find it).
/// </summary>
internal sealed unsafe class MappedSegment : AppendSegment
{
    private const long PageBytes = 4096;
    private const long KeepBehindBytes = 1 << 20;

    private readonly Mapping _mapping;
    private readonly byte* _address;
    private long _populated;
    private long _dropped;

    public MappedSegment(SafeFileHandle file, string path, long capacity)
        : base(file, path, capacity)
    {
        _mapping = Mapping.Of(file, path, capacity, writable: true);
        _address = _mapping.Address;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public override void Write(long offset, ReadOnlySpan<byte> header, ReadOnlySpan<byte> body, ReadOnlySpan<byte> extensions, ReadOnlySpan<byte> padding)
    {
        byte* to = _address + offset;
        header.CopyTo(new Span<byte>(to, header.Length));
        to += header.Length;
        body.CopyTo(new Span<byte>(to, body.Length));
        to += body.Length;
        extensions.CopyTo(new Span<byte>(to, extensions.Length));
        to += extensions.Length;
        padding.CopyTo(new Span<byte>(to, padding.Length));
    }

    public override void Populate(long ahead, bool again)
    {
        long offset = Offset;
        long start = offset & ~(PageBytes - 1);
        if (!again)
            start = Math.Max(start, _populated);
        long end = Math.Min((offset + ahead + PageBytes - 1) & ~(PageBytes - 1), Capacity & ~(PageBytes - 1));
        if (end > start)
        {
            if (NativeFiles.Advise((nint)(_address + start), (nuint)(end - start), NativeFiles.MadvisePopulateWrite) != 0)
                Touch(start, end);
            _populated = end;
        }

        long behind = (offset - KeepBehindBytes) & ~(PageBytes - 1);
        if (behind > _dropped)
        {
            _ = NativeFiles.Advise((nint)(_address + _dropped), (nuint)(behind - _dropped), NativeFiles.MadviseDontNeed);
            _dropped = behind;
        }
    }

    public override void Seal()
    {
        _mapping.Dispose();
        base.Seal();
    }

    public override void Dispose()
    {
        _mapping.Dispose();
        base.Dispose();
    }

    /// <summary>For kernels before 5.14: an atomic write that changes nothing, whatever the appender does there meanwhile.</summary>
    private void Touch(long start, long end)
    {
        for (long at = start; at < end; at += PageBytes)
            Interlocked.Or(ref *(long*)(_address + at), 0);
    }
}
