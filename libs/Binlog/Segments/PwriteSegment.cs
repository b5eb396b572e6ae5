using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace MultiCloudKv.Binlog;

/// <summary>A segment written by pwrite(2): small records by one call from a buffer, large ones by a call per part.</summary>
internal sealed unsafe class PwriteSegment(SafeFileHandle file, string path, long capacity) : AppendSegment(file, path, capacity)
{
    private const int TogetherBytesMax = 64 << 10;

    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(TogetherBytesMax, pinned: true);

    public override void Write(long offset, ReadOnlySpan<byte> header, ReadOnlySpan<byte> body, ReadOnlySpan<byte> extensions, ReadOnlySpan<byte> padding)
    {
        long total = (long)header.Length + body.Length + extensions.Length + padding.Length;
        if (total <= TogetherBytesMax)
        {
            Span<byte> to = _buffer;
            header.CopyTo(to);
            body.CopyTo(to[header.Length..]);
            extensions.CopyTo(to[(header.Length + body.Length)..]);
            padding.CopyTo(to[(header.Length + body.Length + extensions.Length)..]);
            WriteAll(offset, to[..(int)total]);
            return;
        }

        WriteAll(offset + header.Length, body);
        WriteAll(offset + header.Length + body.Length, extensions);
        WriteAll(offset + header.Length + body.Length + extensions.Length, padding);
        WriteAll(offset, header);
    }

    private void WriteAll(long offset, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            nint written;
            fixed (byte* first = bytes)
                written = NativeFiles.Write(File, first, (nuint)bytes.Length, offset);
            if (written < 0)
            {
                int error = Marshal.GetLastPInvokeError();
                if (error == NativeFiles.ErrnoInterrupted)
                    continue;
                throw new IOException($"pwrite of {Path} failed: {NativeFiles.Message(error)}");
            }

            offset += written;
            bytes = bytes[(int)written..];
        }
    }
}
