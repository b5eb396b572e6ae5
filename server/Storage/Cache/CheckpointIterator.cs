namespace MultiCloudKv.Server.Storage.Cache;

/// <summary>A frozen view of a key range of the checkpoint store. Stands before the first record until it is moved.</summary>
/// <remarks>Not thread-safe.</remarks>
public abstract class CheckpointIterator : IDisposable
{
    /// <summary>Valid until the next move.</summary>
    public abstract ReadOnlySpan<byte> Key { get; }

    /// <summary>Valid until the next move.</summary>
    public abstract ReadOnlySpan<byte> Value { get; }

    /// <summary><see cref="ReadOutcome.Found"/>, or <see cref="ReadOutcome.Absent"/> at the end of the range.</summary>
    public abstract ReadOutcome MoveNext();

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}
