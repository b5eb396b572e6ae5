namespace MultiCloudKv.Merge;

/// <summary>
/// A frozen view of a key range. Stands before the first record until <see cref="MoveNext"/> is called; the spans are
/// valid until the next move or the disposal.
/// </summary>
public abstract class RecordCursor : IDisposable
{
    public abstract ReadOnlySpan<byte> Key { get; }

    public abstract ReadOnlySpan<byte> Value { get; }

    /// <exception cref="NotResidentException">What follows is not in memory, and the store will not block.</exception>
    public abstract bool MoveNext();

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}
