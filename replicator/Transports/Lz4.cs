using System.Runtime.InteropServices;

namespace MultiCloudKv.Replicator.Transports;

/// <summary>LZ4 blocks by the system's liblz4. Where the library is missing, messages travel as they are.</summary>
internal static partial class Lz4
{
    private const string Library = "liblz4.so.1";

    /// <summary>True when the library is there.</summary>
    public static readonly bool Available = NativeLibrary.TryLoad(Library, out _);

    /// <summary>Largest block that <paramref name="length"/> bytes can become.</summary>
    public static int BoundOf(int length) => length + (length / 255) + 16;

    /// <summary>Compresses; 0 when it doesn't fit.</summary>
    public static int Compress(ReadOnlySpan<byte> from, Span<byte> to) =>
        CompressDefault(in MemoryMarshal.GetReference(from), ref MemoryMarshal.GetReference(to), from.Length, to.Length);

    /// <summary>Decompresses a block that is known to become exactly <paramref name="to"/>'s length. False: it does not.</summary>
    public static bool TryDecompress(ReadOnlySpan<byte> from, Span<byte> to) =>
        DecompressSafe(in MemoryMarshal.GetReference(from), ref MemoryMarshal.GetReference(to), from.Length, to.Length) == to.Length;

    [LibraryImport(Library, EntryPoint = "LZ4_compress_default")]
    private static partial int CompressDefault(in byte source, ref byte destination, int sourceLength, int capacity);

    [LibraryImport(Library, EntryPoint = "LZ4_decompress_safe")]
    private static partial int DecompressSafe(in byte source, ref byte destination, int sourceLength, int capacity);
}
