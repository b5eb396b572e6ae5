namespace MultiCloudKv.Server.Storage.Cache;

/// <summary>The engine's own records that go into the checkpoint together with an epoch.</summary>
/// <remarks>Filled and read by the epoch thread only.</remarks>
public sealed class SystemRecords
{
    private readonly SortedDictionary<byte[], byte[]?> _records = new(Comparer<byte[]>.Create(static (a, b) => a.AsSpan().SequenceCompareTo(b)));

    public int Count => _records.Count;

    /// <summary>In ascending key order; a null value deletes.</summary>
    internal IEnumerable<KeyValuePair<byte[], byte[]?>> Sorted => _records;

    public void Put(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) => _records[key.ToArray()] = value.ToArray();

    public void Delete(ReadOnlySpan<byte> key) => _records[key.ToArray()] = null;
}
