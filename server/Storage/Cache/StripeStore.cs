using MultiCloudKv.Merge;

namespace MultiCloudKv.Server.Storage.Cache;

/// <summary>The records of one stripe, for the merge rules.</summary>
/// <remarks>Used by whoever holds the stripe.</remarks>
public sealed class StripeStore : IRecordStore
{
    internal StripeStore(Stripe stripe) => Stripe = stripe;

    public Stripe Stripe { get; }

    /// <summary>
    /// Says how the holder of the stripe reads: with a list, what is not in memory is noted there and
    /// <see cref="NotResidentException"/> is thrown; with null, reads go through to the disk. Reset to null by
    /// <see cref="Stripe.Exit"/>.
    /// </summary>
    public void Begin(MissingRecords? missing) => throw new NotSupportedException();

    public bool TryGet(ReadOnlySpan<byte> recordKey, out ReadOnlySpan<byte> value) => throw new NotSupportedException();

    public void Put(ReadOnlySpan<byte> recordKey, ReadOnlySpan<byte> value) => throw new NotSupportedException();

    public void Delete(ReadOnlySpan<byte> recordKey) => throw new NotSupportedException();

    public void DropPrefix(ReadOnlySpan<byte> prefix) => throw new NotSupportedException();

    public RecordCursor Scan(ReadOnlySpan<byte> lowInclusive, ReadOnlySpan<byte> highExclusive, bool reverse = false) => throw new NotSupportedException();
}
