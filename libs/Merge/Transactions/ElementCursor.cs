namespace MultiCloudKv.Merge.Transactions;

/// <summary>Walks the visible elements of a key. Spans are valid until the next move or disposal.</summary>
public abstract class ElementCursor : IDisposable
{
    public abstract ReadOnlySpan<byte> Element { get; }

    public abstract ReadOnlySpan<byte> Value { get; }

    /// <summary>Score of a sorted-set member.</summary>
    public abstract double Score { get; }

    public abstract bool MoveNext();

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}
