using System.Runtime.InteropServices;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Server.Storage.Cache;

/// <summary>
/// Head of a record in native memory; the key follows, then room for the value.
/// <code>
/// 0  key length u32 | 4 value length u32 | 8 value capacity u32 | 12 index in its dirty list u32
/// 16 index in its chain's tail u32 | 20 flags u8 | 21 low byte of its epoch | 22 unused u16 | 24 chain | 32 key, value
/// </code>
/// </summary>
/// <remarks>A dirty record of a closed epoch is immutable but for its flags and indexes; others change under the stripe's lock.</remarks>
[StructLayout(LayoutKind.Sequential, Pack = 8)]
internal unsafe struct Record
{
    internal const int HeaderBytes = 32;

    private const int PrefetchedLines = 3;

    /// <summary>Value of <see cref="TailIndex"/> for a record that stands in a sorted block of its chain.</summary>
    internal const uint InBlock = uint.MaxValue;

    internal uint KeyLength;
    internal uint ValueLength;
    internal uint Capacity;
    internal uint DirtyIndex;
    internal uint TailIndex;
    internal RecordFlags Flags;
    internal byte Epoch;
    internal ushort Unused;
    internal Chain* Chain;

    internal readonly nuint AllocatedBytes => HeaderBytes + (nuint)KeyLength + Capacity;

    internal readonly long Footprint => (long)StripeMemory.Footprint(AllocatedBytes);

    internal readonly bool Is(RecordFlags flag) => (Flags & flag) != 0;

    internal static ReadOnlySpan<byte> Key(Record* record) => new((byte*)record + HeaderBytes, (int)record->KeyLength);

    internal static ReadOnlySpan<byte> Value(Record* record) => new(ValueStart(record), (int)record->ValueLength);

    /// <summary>Asks the processor's caches for the record, of a long one for the beginning.</summary>
    internal static void Prefetch(void* record)
    {
        for (int line = 0; line < PrefetchedLines; line++)
            CacheLine.Prefetch((byte*)record + (line * 64));
    }

    internal static byte* ValueStart(Record* record) => (byte*)record + HeaderBytes + record->KeyLength;
}
