using MultiCloudKv.RocksDb;

namespace MultiCloudKv.Server.Storage.Cache;

/// <summary>A bounded iterator of RocksDB.</summary>
/// <remarks>
/// RocksDB 7.8 can forget, when a range deletion lets its iterator jump, that one of the files had a block that is not in
/// memory: a walk that must not leave memory then goes on without that file, and shows what the file deletes or misses
/// what it holds. Such a walk therefore passes over range deletions as if there were none, which never jumps, and each
/// record it meets is looked up by itself, where there can be range deletions at all. The lookup may see a later epoch than
/// the walk: what that epoch changed is still in the cache then, and comes first.
/// Not thread-safe.
/// </remarks>
internal sealed class RocksCheckpointIterator : CheckpointIterator
{
    /// <summary>Deleted records passed over before the walk is left to a reader that may wait, and jumps.</summary>
    private const int HiddenMax = 256;

    private readonly ReadOptions _options = new();
    private readonly Iterator _iterator;
    private readonly RocksDatabase _database;
    private readonly ReadOptions? _lookup;
    private readonly bool _reverse;
    private int _hidden;
    private bool _begun;

    /// <param name="database">The database.</param>
    /// <param name="low">Inclusive.</param>
    /// <param name="high">Exclusive.</param>
    /// <param name="reverse">From the high end down.</param>
    /// <param name="lookups">Null for a walk that jumps over deleted ranges, which may wait for the disk; else options for lookups.</param>
    /// <param name="rangeDeletions">Asked once the iterator stands: can there be range deletions in what it sees?</param>
    internal RocksCheckpointIterator(
        RocksDatabase database, ReadOnlySpan<byte> low, ReadOnlySpan<byte> high, bool reverse, ReadOptions? lookups, Func<bool> rangeDeletions)
    {
        _database = database;
        _options.SetIterateLowerBound(low).SetIterateUpperBound(high);
        if (lookups is not null)
            _options.SetReadTier(lookups.Tier).SetIgnoreRangeDeletions(true);
        _iterator = database.NewIterator(_options);
        _reverse = reverse;
        if (lookups is not null && rangeDeletions())
            _lookup = lookups;
    }

    public override ReadOnlySpan<byte> Key => _iterator.Key;

    public override ReadOnlySpan<byte> Value => _iterator.Value;

    public override ReadOutcome MoveNext()
    {
        while (true)
        {
            if (!Move())
                return Ended();
            ReadResult result = _lookup is null ? ReadResult.Found : LookUp(_lookup);
            if (result == ReadResult.Found)
                return ReadOutcome.Found;
            if (result == ReadResult.Incomplete || ++_hidden > HiddenMax)
                return ReadOutcome.NotResident;
        }
    }

    protected override void Dispose(bool disposing)
    {
        _iterator.Dispose();
        _options.Dispose();
    }

    private bool Move()
    {
        bool first = !_begun;
        _begun = true;
        if (first)
            return _reverse ? _iterator.SeekToLast() : _iterator.SeekToFirst();
        return _reverse ? _iterator.Prev() : _iterator.Next();
    }

    private ReadResult LookUp(ReadOptions options)
    {
        ReadResult result = _database.TryGet(_iterator.Key, out PinnedSlice found, options);
        found.Dispose();
        return result;
    }

    private ReadOutcome Ended()
    {
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
}
