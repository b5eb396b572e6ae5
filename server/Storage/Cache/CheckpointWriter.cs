namespace MultiCloudKv.Server.Storage.Cache;

/// <summary>
/// Takes one epoch's records in ascending key order and makes them durable and visible in one atomic step. A range
/// deletion stands at its low end, before any record of that key, and never touches records of the same write.
/// </summary>
/// <remarks>Not thread-safe. Disposed without <see cref="Commit"/> it leaves nothing behind.</remarks>
public abstract class CheckpointWriter : IDisposable
{
    /// <summary>Bytes taken so far.</summary>
    public long Bytes { get; protected set; }

    public abstract void Put(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value);

    public abstract void Delete(ReadOnlySpan<byte> key);

    public abstract void DeleteRange(ReadOnlySpan<byte> lowInclusive, ReadOnlySpan<byte> highExclusive);

    /// <summary>All or nothing, durable on return.</summary>
    public abstract void Commit();

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}
