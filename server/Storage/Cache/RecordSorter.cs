using System.Buffers.Binary;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Server.Storage.Cache;

/// <summary>
/// Sorts record pointers by key. Keys of one store share long prefixes, so eight bytes behind the common prefix are
/// fetched once per record and sorted as integers; runs of equal integers go on behind those bytes. Records are touched
/// twice a level instead of at every comparison.
/// </summary>
internal static unsafe class RecordSorter
{
    private const int Small = 12;
    private const int DepthMax = 48;

    /// <summary>Records are asked for this many before they are read: they lie anywhere.</summary>
    private const int Ahead = 8;

    internal static void Sort(Span<nint> records)
    {
        if (records.Length <= Small)
        {
            SortSmall(records);
            return;
        }

        nuint bytes = (nuint)records.Length * 8;
        byte* words = NativeHeap.Allocate(bytes);
        try
        {
            Sort(records, new Span<ulong>(words, records.Length), 0, 0);
        }
        finally
        {
            NativeHeap.Free(words, bytes);
        }
    }

    internal static int Compare(nint a, nint b) => Record.Key((Record*)a).SequenceCompareTo(Record.Key((Record*)b));

    private static void Sort(Span<nint> records, Span<ulong> words, int shared, int depth)
    {
        if (records.Length <= Small)
        {
            SortSmall(records);
            return;
        }

        if (depth > DepthMax)
        {
            records.Sort(Compare);
            return;
        }

        shared = CommonPrefix(records, shared);
        for (int i = 0; i < records.Length; i++)
            words[i] = Word(Record.Key((Record*)records[i]), shared);
        words.Sort(records);
        int from = 0;
        while (from < records.Length)
        {
            int to = from + 1;
            while (to < records.Length && words[to] == words[from])
                to++;
            if (to - from > 1)
                SortTie(records[from..to], words[from..to], shared + 8, depth + 1);
            from = to;
        }
    }

    private static void SortTie(Span<nint> records, Span<ulong> words, int shared, int depth)
    {
        foreach (nint record in records)
        {
            if (((Record*)record)->KeyLength < shared)
            {
                records.Sort(Compare);
                return;
            }
        }

        Sort(records, words, shared, depth);
    }

    private static void SortSmall(Span<nint> records)
    {
        for (int i = 1; i < records.Length; i++)
        {
            nint moving = records[i];
            int at = i;
            while (at > 0 && Compare(records[at - 1], moving) > 0)
            {
                records[at] = records[at - 1];
                at--;
            }

            records[at] = moving;
        }
    }

    private static int CommonPrefix(Span<nint> records, int shared)
    {
        ReadOnlySpan<byte> first = Record.Key((Record*)records[0])[shared..];
        int length = first.Length;
        for (int i = 1; i < records.Length && length > 0; i++)
        {
            CacheLine.Prefetch((void*)records[Math.Min(i + Ahead, records.Length - 1)]);
            length = first[..length].CommonPrefixLength(Record.Key((Record*)records[i])[shared..]);
        }

        return shared + length;
    }

    /// <summary>Eight bytes at an offset as a big-endian integer, zeros behind the end.</summary>
    private static ulong Word(ReadOnlySpan<byte> key, int offset)
    {
        ReadOnlySpan<byte> rest = key[offset..];
        if (rest.Length >= 8)
            return BinaryPrimitives.ReadUInt64BigEndian(rest);
        Span<byte> padded = stackalloc byte[8];
        padded.Clear();
        rest.CopyTo(padded);
        return BinaryPrimitives.ReadUInt64BigEndian(padded);
    }
}
