using MultiCloudKv.RocksDb;

namespace MultiCloudKv.Server.Storage.Cache;

/// <summary>A bounded iterator of RocksDB.</summary>
/// <remarks>Not thread-safe.</remarks>
internal sealed class RocksCheckpointIterator : CheckpointIterator
{
    private readonly ReadOptions _options = new();
    private readonly Iterator _iterator;
    private readonly bool _reverse;
    private bool _begun;

    internal RocksCheckpointIterator(RocksDatabase database, ReadOnlySpan<byte> low, ReadOnlySpan<byte> high, bool reverse, bool mayBlock)
    {
        _options.SetIterateLowerBound(low).SetIterateUpperBound(high);
        if (!mayBlock)
            _options.SetReadTier(ReadTier.BlockCache);
        _iterator = database.NewIterator(_options);
        _reverse = reverse;
    }

    public override ReadOnlySpan<byte> Key => _iterator.Key;

    public override ReadOnlySpan<byte> Value => _iterator.Value;

    public override ReadOutcome MoveNext()
    {
        bool valid = !_begun ? (_reverse ? _iterator.SeekToLast() : _iterator.SeekToFirst())
            : _reverse ? _iterator.Prev()
            : _iterator.Next();
        _begun = true;
        if (valid)
            return ReadOutcome.Found;
        try
        {
            _iterator.ThrowIfFailed();
            return ReadOutcome.Absent;
        }
        catch (RocksDbException notInMemory) when (notInMemory.Kind == RocksDbErrorKind.Incomplete)
        {
            return ReadOutcome.NotResident;
        }
    }

    protected override void Dispose(bool disposing)
    {
        _iterator.Dispose();
        _options.Dispose();
    }
}
