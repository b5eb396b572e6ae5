using MultiCloudKv.Foundation;

namespace MultiCloudKv.Server.Storage.Cache;

/// <summary>
/// The store below the cache: the state of the last closed epoch. In production RocksDB, in tests a sorted dictionary.
/// Only the epoch flush writes it, in one atomic step per epoch.
/// </summary>
/// <remarks>Thread-safe for any number of readers beside the one writer.</remarks>
public abstract class CheckpointStore : IDisposable
{
    /// <summary>True when it holds no record at all.</summary>
    public abstract bool IsEmpty { get; }

    /// <summary>Reads one record; a value found is appended to <paramref name="value"/>.</summary>
    /// <param name="key">The record's key.</param>
    /// <param name="mayBlock">False: answer from memory or say <see cref="ReadOutcome.NotResident"/>.</param>
    /// <param name="value">Where a value goes.</param>
    public abstract ReadOutcome Read(ReadOnlySpan<byte> key, bool mayBlock, ByteWriter value);

    /// <summary>Iterates over a key range as it is now.</summary>
    public abstract CheckpointIterator Iterate(ReadOnlySpan<byte> lowInclusive, ReadOnlySpan<byte> highExclusive, bool reverse, bool mayBlock);

    /// <summary>Reads the first records of a range in scan direction, waiting for the disk, so that walks that must not wait find them in memory.</summary>
    public virtual void Warm(ReadOnlySpan<byte> lowInclusive, ReadOnlySpan<byte> highExclusive, bool reverse, int records)
    {
        using CheckpointIterator iterator = Iterate(lowInclusive, highExclusive, reverse, mayBlock: true);
        for (int i = 0; i < records && iterator.MoveNext() == ReadOutcome.Found; i++)
        {
        }
    }

    /// <summary>Begins the one write of an epoch.</summary>
    public abstract CheckpointWriter BeginWrite();

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}
