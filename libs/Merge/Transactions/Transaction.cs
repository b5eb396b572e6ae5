namespace MultiCloudKv.Merge.Transactions;

public sealed class Transaction(SlotVectors vectors, IRecordStores stores)
{
    /// <summary>This node's clock for this transaction: decides what has expired.</summary>
    public long NowMs { get; private set; }

    /// <summary>The namespace keys are opened in.</summary>
    public uint Namespace { get; set; }

    /// <summary>True when something is to be committed.</summary>
    public bool HasChanges { get; private set; }

    /// <summary>Number of groups in <see cref="Groups"/>: slots that were written to.</summary>
    public int GroupCount { get; private set; }

    /// <summary>The groups, encoded, in ascending slot order, with partition sequence 0. Valid until the next write or reset.</summary>
    public Span<byte> Groups => throw new NotSupportedException($"{vectors}{stores}");

    /// <summary>Starts anew: nothing opened, nothing written. The stripes of all keys to be opened are held from before the first Open until after the commit.</summary>
    /// <param name="nowMs">This node's clock.</param>
    /// <param name="provisionalHlc">Above every time issued or observed so far (the clock's Last + 1): stands in for the stamp when the transaction reads what it has written.</param>
    public void Begin(long nowMs, ulong provisionalHlc) => throw new NotSupportedException();

    /// <summary>Opens a key for reading and writing. The view is valid until the next Begin or Reset.</summary>
    public KeyView Open(ReadOnlySpan<byte> key) => throw new NotSupportedException();

    /// <summary>Notes that a key will be read; false when it is not resident (asked for by then). For commands of many keys: Want all, then <see cref="ThrowIfWanting"/>.</summary>
    public bool Want(ReadOnlySpan<byte> key) => throw new NotSupportedException();

    /// <summary>Throws once when anything asked for since Begin is not resident.</summary>
    /// <exception cref="NotResidentException">Something is missing.</exception>
    public void ThrowIfWanting() => throw new NotSupportedException();

    /// <summary>Removes every key of the namespace in a slot (FLUSHALL, FLUSHDB). False when the slot holds nothing.</summary>
    public bool ClearSlot(int slot) => throw new NotSupportedException();

    /// <summary>Drops everything.</summary>
    public void Reset() => throw new NotSupportedException();
}
