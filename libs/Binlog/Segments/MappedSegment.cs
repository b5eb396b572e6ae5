using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;

namespace MultiCloudKv.Binlog;

/// <summary>
/// A segment written through a shared mapping: an append is a copy. The first touch of a page costs a fault of a microsecond or more (the
/// file system's write notification included), so the helper thread takes them ahead of the writer; what lies well behind is dropped from
/// the process's resident memory (it stays in the page cache, where readers and the sync find it). Pages are made present in short pieces: a
/// kernel that does not preempt itself gives nobody else the processor before a system call has ended. The mapping is declared random for the
/// same reason: to read ahead in a file that holds nothing yet is to zero megabytes of page cache at one fault.
/// </summary>
internal sealed unsafe class MappedSegment : AppendSegment
{
    private const long KeepBehindBytes = 1 << 20;
    private const long PopulatePieceBytes = 128 << 10;

    private readonly Lock _unmapping = new();
    private readonly Mapping _mapping;
    private readonly byte* _address;
    private long _populated;
    private long _dropped;

    public MappedSegment(SafeFileHandle file, string path, long capacity)
        : base(file, path, capacity)
    {
        _mapping = Mapping.Of(file, path, capacity, writable: true);
        _address = _mapping.Address;
        _ = NativeFiles.Advise((nint)_address, (nuint)capacity, NativeFiles.MadviseRandom);
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
        for (; start < end; start = _populated)
        {
            long piece = Math.Min(start + PopulatePieceBytes, end);
            if (NativeFiles.Advise((nint)(_address + start), (nuint)(piece - start), NativeFiles.MadvisePopulateWrite) != 0)
                Touch(start, piece);
            Volatile.Write(ref _populated, piece);
        }

        long behind = (offset - KeepBehindBytes) & ~(PageBytes - 1);
        if (behind > _dropped)
        {
            _ = NativeFiles.Advise((nint)(_address + _dropped), (nuint)(behind - _dropped), NativeFiles.MadviseDontNeed);
            Volatile.Write(ref _dropped, behind);
        }
    }

    public override void LetGo()
    {
        lock (_unmapping)
        {
            long start = Volatile.Read(ref _dropped), end = Volatile.Read(ref _populated);
            if (!_mapping.IsClosed && end > start)
                _ = NativeFiles.Advise((nint)(_address + start), (nuint)(end - start), NativeFiles.MadviseDontNeed);
        }
    }

    public override void Seal()
    {
        Unmap();
        base.Seal();
    }

    public override void Dispose()
    {
        Unmap();
        base.Dispose();
    }

    /// <summary>Pages of a mapping that are still there would be write-protected one by one, with a halt of the other processors for each.</summary>
    protected override long Settled(long offset) => Volatile.Read(ref _dropped);

    private void Unmap()
    {
        lock (_unmapping)
            _mapping.Dispose();
    }

    /// <summary>For kernels before 5.14: an atomic write that changes nothing, whatever the appender does there meanwhile.</summary>
    private void Touch(long start, long end)
    {
        for (long at = start; at < end; at += PageBytes)
            Interlocked.Or(ref *(long*)(_address + at), 0);
    }
}
