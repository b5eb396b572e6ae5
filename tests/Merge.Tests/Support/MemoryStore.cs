using System.Text;

namespace MultiCloudKv.Merge.Tests.Support;

/// <summary>A record store for unit tests: a sorted dictionary whose scans are copies.</summary>
internal sealed class MemoryStore : IRecordStore
{
    private readonly SortedDictionary<byte[], byte[]> _records = new(Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b)));

    public IEnumerable<KeyValuePair<byte[], byte[]>> Records => _records;

    public HashSet<string> Missing { get; } = [];

    /// <summary>Where set, keys of the records that cursors have moved over.</summary>
    public List<string>? Scanned { get; set; }

    public bool TryGet(ReadOnlySpan<byte> recordKey, out ReadOnlySpan<byte> value)
    {
        if (!Request(recordKey))
            throw NotResidentException.Instance;
        bool there = _records.TryGetValue(recordKey.ToArray(), out byte[]? found);
        value = found;
        return there;
    }

    public void Put(ReadOnlySpan<byte> recordKey, ReadOnlySpan<byte> value) => _records[recordKey.ToArray()] = value.ToArray();

    public void Delete(ReadOnlySpan<byte> recordKey) => _records.Remove(recordKey.ToArray());

    public void DropPrefix(ReadOnlySpan<byte> prefix)
    {
        byte[] start = prefix.ToArray();
        foreach (byte[] key in _records.Keys.Where(k => k.AsSpan().StartsWith(start)).ToArray())
            _records.Remove(key);
    }

    public RecordCursor Scan(ReadOnlySpan<byte> lowInclusive, ReadOnlySpan<byte> highExclusive, bool reverse = false)
    {
        byte[] low = lowInclusive.ToArray();
        byte[] high = highExclusive.ToArray();
        IEnumerable<KeyValuePair<byte[], byte[]>> range = _records.Where(r => r.Key.AsSpan().SequenceCompareTo(low) >= 0 && r.Key.AsSpan().SequenceCompareTo(high) < 0);
        return new ListCursor([.. reverse ? range.Reverse() : range], Scanned);
    }

    public bool Request(ReadOnlySpan<byte> recordKey) => Missing.Count == 0 || !Missing.Contains(Convert.ToHexString(recordKey));

    /// <summary>All records in hex, one a line.</summary>
    public string Dump()
    {
        var text = new StringBuilder();
        foreach ((byte[] key, byte[] value) in _records)
            text.Append(Convert.ToHexString(key)).Append(" = ").AppendLine(Convert.ToHexString(value));
        return text.ToString();
    }

    private sealed class ListCursor(List<KeyValuePair<byte[], byte[]>> records, List<string>? scanned) : RecordCursor
    {
        private int _at = -1;

        public override ReadOnlySpan<byte> Key => records[_at].Key;

        public override ReadOnlySpan<byte> Value => records[_at].Value;

        public override bool MoveNext()
        {
            if (++_at >= records.Count)
                return false;
            scanned?.Add(Convert.ToHexString(Key));
            return true;
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
