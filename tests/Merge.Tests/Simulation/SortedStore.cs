using MultiCloudKv.Merge;

namespace MultiCloudKv.Merge.Tests.Simulation;

/// <summary>
/// The smallest record store that keeps the contract of <see cref="IRecordStore"/> to the letter: sorted, copyable for
/// crash and restore, and hostile to who breaks the contract: a span lent by <see cref="TryGet"/> is overwritten at the
/// next change.
/// </summary>
internal sealed class SortedStore : IRecordStore
{
    private readonly List<byte[]> _keys;
    private readonly List<byte[]> _values;
    private readonly List<byte[]> _lent = [];

    public SortedStore()
        : this([], [])
    {
    }

    private SortedStore(List<byte[]> keys, List<byte[]> values)
    {
        _keys = keys;
        _values = values;
    }

    public int Count => _keys.Count;

    /// <summary>When set, asked at each read: true means that the record is not in memory.</summary>
    public Func<bool>? Missing { get; set; }

    public IEnumerable<(byte[] Key, byte[] Value)> Records => _keys.Zip(_values);

    public SortedStore Copy() => new([.. _keys], [.. _values]);

    public bool TryGet(ReadOnlySpan<byte> recordKey, out ReadOnlySpan<byte> value)
    {
        ThrowIfMissing();
        int at = Find(recordKey);
        if (at < 0)
        {
            value = default;
            return false;
        }

        byte[] copy = (byte[])_values[at].Clone();
        _lent.Add(copy);
        value = copy;
        return true;
    }

    public void Put(ReadOnlySpan<byte> recordKey, ReadOnlySpan<byte> value)
    {
        byte[] copy = value.ToArray();
        int at = Find(recordKey);
        if (at >= 0)
        {
            _values[at] = copy;
        }
        else
        {
            _keys.Insert(~at, recordKey.ToArray());
            _values.Insert(~at, copy);
        }

        Poison();
    }

    public void Delete(ReadOnlySpan<byte> recordKey)
    {
        int at = Find(recordKey);
        if (at >= 0)
        {
            _keys.RemoveAt(at);
            _values.RemoveAt(at);
        }

        Poison();
    }

    public void DropPrefix(ReadOnlySpan<byte> prefix)
    {
        int from = Find(prefix);
        from = from < 0 ? ~from : from;
        int to = from;
        while (to < _keys.Count && _keys[to].AsSpan().StartsWith(prefix))
            to++;
        _keys.RemoveRange(from, to - from);
        _values.RemoveRange(from, to - from);
        Poison();
    }

    public RecordCursor Scan(ReadOnlySpan<byte> lowInclusive, ReadOnlySpan<byte> highExclusive, bool reverse = false)
    {
        ThrowIfMissing();
        int from = Find(lowInclusive);
        int to = Find(highExclusive);
        from = from < 0 ? ~from : from;
        to = Math.Max(from, to < 0 ? ~to : to);
        List<(byte[], byte[])> found = [];
        for (int i = from; i < to; i++)
            found.Add((_keys[i], _values[i]));
        if (reverse)
            found.Reverse();
        return new FrozenCursor(found);
    }

    private int Find(ReadOnlySpan<byte> key)
    {
        int low = 0;
        int high = _keys.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            int order = _keys[middle].AsSpan().SequenceCompareTo(key);
            if (order == 0)
                return middle;
            if (order < 0)
                low = middle + 1;
            else
                high = middle - 1;
        }

        return ~low;
    }

    private void ThrowIfMissing()
    {
        if (Missing is not null && Missing())
            throw NotResidentException.Instance;
    }

    private void Poison()
    {
        foreach (byte[] span in _lent)
            span.AsSpan().Fill(0xdd);
        _lent.Clear();
    }
}
