using MultiCloudKv.Foundation;

namespace MultiCloudKv.Server.Storage.Cache;

/// <summary>
/// What a transaction needed and did not find in memory: single records, and ranges from where a cursor stopped. Filled
/// by <see cref="StripeStore"/> before it throws, read by <see cref="RecordLoader"/>.
/// </summary>
/// <remarks>Owned by one session; handed to the loader and back. Reused; bounded by <see cref="Max"/> entries.</remarks>
public sealed class MissingRecords
{
    /// <summary>Entries remembered; further ones are found by running the transaction again.</summary>
    public const int Max = 1024;

    private readonly ByteWriter _bytes = new(128);
    private readonly List<Entry> _entries = [];

    private enum EntryKind
    {
        Record,
        Range,
        ReverseRange,
    }

    public int Count => _entries.Count;

    public void Clear()
    {
        _bytes.Clear();
        _bytes.Trim(4096);
        _entries.Clear();
    }

    /// <summary>A record to load. Also used to prefetch what a command is going to read.</summary>
    public void Add(ReadOnlySpan<byte> recordKey)
    {
        if (_entries.Count >= Max)
            return;
        _entries.Add(new Entry(EntryKind.Record, _bytes.Length, recordKey.Length, 0));
        _bytes.Write(recordKey);
    }

    /// <summary>A range of which the first records in scan direction are to be loaded.</summary>
    public void AddRange(ReadOnlySpan<byte> lowInclusive, ReadOnlySpan<byte> highExclusive, bool reverse)
    {
        if (_entries.Count >= Max)
            return;
        _entries.Add(new Entry(reverse ? EntryKind.ReverseRange : EntryKind.Range, _bytes.Length, lowInclusive.Length, highExclusive.Length));
        _bytes.Write(lowInclusive);
        _bytes.Write(highExclusive);
    }

    /// <summary>True when entry <paramref name="index"/> is a range.</summary>
    internal bool IsRange(int index) => _entries[index].Kind != EntryKind.Record;

    internal bool IsReverse(int index) => _entries[index].Kind == EntryKind.ReverseRange;

    /// <summary>The record's key, or the range's low end.</summary>
    internal ReadOnlySpan<byte> Key(int index) => _bytes.Written.Slice(_entries[index].Offset, _entries[index].Length);

    internal ReadOnlySpan<byte> High(int index) => _bytes.Written.Slice(_entries[index].Offset + _entries[index].Length, _entries[index].HighLength);

    private readonly record struct Entry(EntryKind Kind, int Offset, int Length, int HighLength);
}
