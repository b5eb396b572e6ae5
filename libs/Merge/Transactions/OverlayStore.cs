namespace MultiCloudKv.Merge.Transactions;

/// <summary>
/// What a slot's records would be if the transaction's operations so far were applied: the store below, which stays as it is,
/// and the differences. Made only when a transaction reads what it has written, and thrown away with it.
/// </summary>
internal sealed class OverlayStore : IRecordStore
{
    private readonly IRecordStore _below;
    private readonly Dictionary<byte[], byte[]?> _records = new(ByteKeyComparer.Instance);
    private readonly Dictionary<byte[], byte[]?>.AlternateLookup<ReadOnlySpan<byte>> _lookup;
    private readonly List<byte[]> _dropped = [];

    public OverlayStore(IRecordStore below)
    {
        _below = below;
        _lookup = _records.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    public bool TryGet(ReadOnlySpan<byte> recordKey, out ReadOnlySpan<byte> value)
    {
        if (_lookup.TryGetValue(recordKey, out byte[]? own))
        {
            value = own;
            return own is not null;
        }

        if (!IsDropped(recordKey))
            return _below.TryGet(recordKey, out value);
        value = default;
        return false;
    }

    public void Put(ReadOnlySpan<byte> recordKey, ReadOnlySpan<byte> value) => _lookup[recordKey] = value.ToArray();

    public void Delete(ReadOnlySpan<byte> recordKey) => _lookup[recordKey] = null;

    public void DropPrefix(ReadOnlySpan<byte> prefix)
    {
        _dropped.Add(prefix.ToArray());
        foreach (byte[] key in _records.Keys.ToArray())
        {
            if (key.AsSpan().StartsWith(prefix))
                _records.Remove(key);
        }
    }

    public RecordCursor Scan(ReadOnlySpan<byte> lowInclusive, ReadOnlySpan<byte> highExclusive, bool reverse = false)
    {
        var own = new List<KeyValuePair<byte[], byte[]?>>();
        foreach (KeyValuePair<byte[], byte[]?> record in _records)
        {
            if (lowInclusive.SequenceCompareTo(record.Key) <= 0 && highExclusive.SequenceCompareTo(record.Key) > 0)
                own.Add(record);
        }

        own.Sort((a, b) => reverse ? b.Key.AsSpan().SequenceCompareTo(a.Key) : a.Key.AsSpan().SequenceCompareTo(b.Key));
        return new OverlayCursor(own, [.. _dropped], _below.Scan(lowInclusive, highExclusive, reverse), reverse);
    }

    public bool Request(ReadOnlySpan<byte> recordKey) => _lookup.ContainsKey(recordKey) || _below.Request(recordKey);

    private bool IsDropped(ReadOnlySpan<byte> recordKey)
    {
        foreach (byte[] prefix in _dropped)
        {
            if (recordKey.StartsWith(prefix))
                return true;
        }

        return false;
    }
}
