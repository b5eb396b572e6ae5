using System.Numerics;
using System.Runtime.InteropServices;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Server.Storage.Cache;

/// <summary>
/// A hash table over native objects that begin with their key's length (u32) and carry the key at a fixed offset.
/// </summary>
/// <remarks>
/// Extendible hashing: a directory, indexed by the hash's high bits, of segments of 1024 entries, each segment open
/// addressed by the low bits with linear probing. A full segment is split alone, so that growth never stops the stripe
/// for more than the rehash of one segment; the directory doubles by copying 8 bytes a segment.
/// <code>
/// entry u64: 16-bit tag (bits 16..31 of the hash, never 0) | pointer bits 47..4 | 3 unused bits | bit 0: referenced
/// segment:   depth i32 | live i32 | deleted i32 | padding to 64 | 1024 entries
/// </code>
/// An entry of 0 is empty, 1 is deleted. Invariants: at least a sixth of each segment is empty; all entries of a segment
/// share the hash's first <c>depth</c> bits.
/// Owned by whoever holds the stripe.
/// </remarks>
internal sealed unsafe class PointerTable
{
    internal const ulong Referenced = 1;

    private const int SegmentEntries = 1024;
    private const int SegmentHeader = 64;
    private const int SegmentBytes = SegmentHeader + (SegmentEntries * 8);
    private const int PrefetchProbes = 8;
    private const int UsedMax = SegmentEntries * 5 / 6;
    private const ulong Deleted = 1;
    private const ulong PointerMask = 0x0000_ffff_ffff_fff0;
    private const ulong TagMask = 0xffff_0000_0000_0000;

    private readonly int _keyOffset;
    private readonly StripeMemory _memory;
    private nint[]? _directory;
    private int _depth;

    /// <param name="keyOffset">Where the key stands in an object.</param>
    /// <param name="memory">Where memory comes from.</param>
    internal PointerTable(int keyOffset, StripeMemory memory)
    {
        _keyOffset = keyOffset;
        _memory = memory;
    }

    internal long Count { get; private set; }

    internal static byte* Pointer(ulong entry) => (byte*)(entry & PointerMask);

    /// <summary>The entry of a key, null when there is none. Valid until the next insertion.</summary>
    internal ulong* Find(ulong hash, ReadOnlySpan<byte> key)
    {
        if (_directory == null)
            return null;
        ulong* entries = Entries(SegmentOf(hash));
        ulong tag = Tag(hash);
        int i = (int)hash & (SegmentEntries - 1);
        while (true)
        {
            ulong entry = entries[i];
            if (entry == 0)
                return null;
            if ((entry & TagMask) == tag)
            {
                byte* found = (byte*)(entry & PointerMask);
                if (*(uint*)found == (uint)key.Length && new ReadOnlySpan<byte>(found + _keyOffset, key.Length).SequenceEqual(key))
                    return entries + i;
            }

            i = (i + 1) & (SegmentEntries - 1);
        }
    }

    /// <summary>
    /// First step of bringing an object into the processor's caches before it is looked for: its entry. For any thread, without
    /// the stripe: what is read may be out of date, which makes the step useless and nothing else (segments stay mapped, see <see cref="PieceSupply"/>).
    /// </summary>
    internal void PrefetchEntry(ulong hash)
    {
        if (Volatile.Read(ref _directory) is { } directory)
            CacheLine.Prefetch(Entries(SegmentIn(directory, hash)) + ((int)hash & (SegmentEntries - 1)));
    }

    /// <summary>Second step, some work later: the record an entry with this hash's tag points to.</summary>
    internal void PrefetchRecord(ulong hash)
    {
        if (Volatile.Read(ref _directory) is not { } directory)
            return;
        ulong* entries = Entries(SegmentIn(directory, hash));
        ulong tag = Tag(hash);
        for (int i = 0; i < PrefetchProbes; i++)
        {
            ulong entry = entries[((int)hash + i) & (SegmentEntries - 1)];
            if (entry == 0)
                return;
            if ((entry & TagMask) != tag)
                continue;
            Record.Prefetch(Pointer(entry));
            return;
        }
    }

    /// <summary>The entry that points to this very object.</summary>
    internal ulong* FindObject(void* pointer)
    {
        if (_directory == null)
            return null;
        ulong hash = KeyHash.Of(new ReadOnlySpan<byte>((byte*)pointer + _keyOffset, (int)*(uint*)pointer));
        ulong* entries = Entries(SegmentOf(hash));
        int i = (int)hash & (SegmentEntries - 1);
        while (entries[i] != 0)
        {
            if ((entries[i] & PointerMask) == (ulong)pointer)
                return entries + i;
            i = (i + 1) & (SegmentEntries - 1);
        }

        return null;
    }

    /// <summary>Adds an object whose key is not in the table.</summary>
    internal void Insert(ulong hash, void* pointer)
    {
        if (_directory == null)
            Create();
        Segment* segment = SegmentOf(hash);
        while (segment->Live + segment->Deleted >= UsedMax)
        {
            Rebuild(segment, hash);
            segment = SegmentOf(hash);
        }

        Place(segment, hash, (ulong)pointer | Tag(hash) | Referenced);
        Count++;
    }

    /// <summary>Lets an entry point to another object of the same key.</summary>
    internal static void Replace(ulong* entry, void* pointer) => *entry = (*entry & TagMask) | (ulong)pointer | Referenced;

    internal void Erase(ulong* entry)
    {
        Segment* segment = SegmentOf(entry, KeyHash.Of(KeyAt(*entry)));
        ulong* entries = Entries(segment);
        int i = (int)(entry - entries);
        segment->Live--;
        Count--;
        if (entries[(i + 1) & (SegmentEntries - 1)] != 0)
        {
            *entry = Deleted;
            segment->Deleted++;
            return;
        }

        *entry = 0;
        for (i = (i - 1) & (SegmentEntries - 1); entries[i] == Deleted; i = (i - 1) & (SegmentEntries - 1))
        {
            entries[i] = 0;
            segment->Deleted--;
        }
    }

    /// <summary>
    /// The entries of the segment that holds a place of the hash space, which is moved to the next segment's and wraps
    /// around. Empty when the table is.
    /// </summary>
    internal Span<ulong> SegmentAt(ref ulong place)
    {
        if (_directory == null)
            return default;
        Segment* segment = SegmentOf(place);
        int shift = 64 - segment->Depth;
        place = shift == 64 ? 0 : ((place >> shift) + 1) << shift;
        return new Span<ulong>(Entries(segment), SegmentEntries);
    }

    /// <summary>True for an entry that points to an object.</summary>
    internal static bool IsLive(ulong entry) => entry > Deleted;

    internal void Free()
    {
        if (_directory == null)
            return;
        ulong place = 0;
        do
        {
            Segment* segment = SegmentOf(place);
            SegmentAt(ref place);
            FreeAfterUse(segment);
        }
        while (place != 0);
        _directory = null;
        _depth = 0;
        Count = 0;
    }

    private static Segment* SegmentIn(nint[] directory, ulong hash) => (Segment*)directory[hash >> 1 >> (63 - BitOperations.Log2((uint)directory.Length))];

    private static ulong Tag(ulong hash) => ((hash >> 16) | 1) << 48;

    private static ulong* Entries(Segment* segment) => (ulong*)((byte*)segment + SegmentHeader);

    private static void Place(Segment* segment, ulong hash, ulong entry)
    {
        ulong* entries = Entries(segment);
        int i = (int)hash & (SegmentEntries - 1);
        while (entries[i] > Deleted)
            i = (i + 1) & (SegmentEntries - 1);
        if (entries[i] == Deleted)
            segment->Deleted--;
        entries[i] = entry;
        segment->Live++;
    }

    private ReadOnlySpan<byte> KeyAt(ulong entry)
    {
        byte* pointer = Pointer(entry);
        return new ReadOnlySpan<byte>(pointer + _keyOffset, (int)*(uint*)pointer);
    }

    private Segment* SegmentOf(ulong* entry, ulong hash)
    {
        Segment* segment = SegmentOf(hash);
        Invariant.Check(entry >= Entries(segment) && entry < Entries(segment) + SegmentEntries);
        return segment;
    }

    private void Create()
    {
        _directory = [(nint)NewSegment(0)];
    }

    private Segment* NewSegment(int depth)
    {
        var segment = (Segment*)_memory.Allocate(SegmentBytes);
        NativeMemory.Clear(segment, SegmentBytes);
        segment->Depth = depth;
        return segment;
    }

    private void FreeAfterUse(Segment* segment) => _memory.Free(segment, SegmentBytes);

    /// <summary>Makes room in a full segment: drops the deleted entries if they are many, else splits it in two.</summary>
    private void Rebuild(Segment* old, ulong hash)
    {
        bool split = old->Live > SegmentEntries / 2;
        int depth = split ? old->Depth + 1 : old->Depth;
        if (depth > _depth)
            DoubleDirectory();
        Segment* low = NewSegment(depth);
        Segment* high = split ? NewSegment(depth) : low;
        ulong* entries = Entries(old);
        for (int i = 0; i < SegmentEntries; i++)
        {
            if (!IsLive(entries[i]))
                continue;
            ulong moved = KeyHash.Of(KeyAt(entries[i]));
            Place(split && ((moved >> (64 - depth)) & 1) != 0 ? high : low, moved, entries[i]);
        }

        int places = 1 << (_depth - old->Depth);
        int first = (int)(hash >> 1 >> (63 - _depth)) & ~(places - 1);
        for (int i = 0; i < places; i++)
            _directory![first + i] = (nint)(i < places / 2 || !split ? low : high);
        FreeAfterUse(old);
    }

    private void DoubleDirectory()
    {
        nint[] old = _directory!;
        nint[] doubled = new nint[old.Length * 2];
        for (int i = 0; i < old.Length; i++)
        {
            doubled[2 * i] = old[i];
            doubled[(2 * i) + 1] = old[i];
        }

        _depth++;
        Volatile.Write(ref _directory, doubled);
    }

    private Segment* SegmentOf(ulong hash) => (Segment*)_directory![hash >> 1 >> (63 - _depth)];

    [StructLayout(LayoutKind.Sequential)]
    private struct Segment
    {
        internal int Depth;
        internal int Live;
        internal int Deleted;
    }
}
