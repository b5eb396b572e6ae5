namespace MultiCloudKv.Merge;

/// <summary>
/// What the merge rules read and write: records by key, in byte order. Implemented by the server's record cache and,
/// in tests, by a sorted dictionary.
/// </summary>
/// <remarks>One owner at a time: whoever holds the stripe of the keys. Key layouts: <c>RecordKeys</c>.</remarks>
public interface IRecordStore
{
    /// <summary>Finds a record. The span is valid until the next Put, Delete or DropPrefix on this store.</summary>
    /// <exception cref="NotResidentException">The record may exist but is not in memory, and this store will not block.</exception>
    bool TryGet(ReadOnlySpan<byte> recordKey, out ReadOnlySpan<byte> value);

    /// <summary>Creates or replaces a record. Neither span may point into this store.</summary>
    void Put(ReadOnlySpan<byte> recordKey, ReadOnlySpan<byte> value);

    /// <summary>Removes a record; nothing happens when there is none.</summary>
    void Delete(ReadOnlySpan<byte> recordKey);

    /// <summary>Removes every record whose key starts with <paramref name="prefix"/>, without visiting each.</summary>
    void DropPrefix(ReadOnlySpan<byte> prefix);

    /// <summary>
    /// The records of a key range as they are now, in byte order or against it. Later writes do not disturb the cursor.
    /// Dispose it before the stripe is let go.
    /// </summary>
    /// <exception cref="NotResidentException">As for TryGet, here or while the cursor moves.</exception>
    RecordCursor Scan(ReadOnlySpan<byte> lowInclusive, ReadOnlySpan<byte> highExclusive, bool reverse = false);

    /// <summary>
    /// True when <see cref="TryGet"/> would not throw for this record. Where it would, the store remembers that the record
    /// is wanted, so that one reload brings all a command needs.
    /// </summary>
    bool Request(ReadOnlySpan<byte> recordKey) => true;
}
