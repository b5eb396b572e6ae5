using MultiCloudKv.Merge.State;

namespace MultiCloudKv.Merge.Transactions;

public sealed class KeyView
{
    /// <summary>Unix milliseconds at which the key expires, <see cref="long.MaxValue"/> for never (also when it does not exist).</summary>
    public long ExpiryMs => throw new NotSupportedException();

    /// <summary>True when the key shows: it has a live element and has not expired.</summary>
    public bool Exists => throw new NotSupportedException();

    /// <summary>The visible type, None when the key does not exist.</summary>
    public ElementType Type => throw new NotSupportedException();

    /// <summary>Number of visible elements (1 for a string, 0 when the key does not exist).</summary>
    public long Count => throw new NotSupportedException();

    /// <summary>The string shown, empty when the key does not exist. A counter reads as its number. Valid until the next call on this transaction.</summary>
    public ReadOnlySpan<byte> StringValue => throw new NotSupportedException();

    /// <summary>The string shown as a number; false when it is none.</summary>
    public bool TryGetNumber(out Number number) => throw new NotSupportedException();

    /// <summary>An element of the visible type as a number; false when it is absent or none.</summary>
    public bool TryGetNumber(ReadOnlySpan<byte> element, out Number number) => throw new NotSupportedException();

    /// <summary>An element of the visible type. The value is valid until the next call on this transaction.</summary>
    public bool TryGet(ReadOnlySpan<byte> element, out ReadOnlySpan<byte> value) => throw new NotSupportedException();

    public bool Contains(ReadOnlySpan<byte> element) => throw new NotSupportedException();

    public bool TryGetScore(ReadOnlySpan<byte> member, out double score) => throw new NotSupportedException();

    /// <summary>Notes that an element will be read; false when it is not resident. See <see cref="Transaction.ThrowIfWanting"/>.</summary>
    public bool Want(ReadOnlySpan<byte> element) => throw new NotSupportedException();

    /// <summary>The visible elements from <paramref name="from"/> on (inclusive; empty = from the beginning), in byte order or against it. Writes during the scan do not disturb it.</summary>
    public ElementCursor Scan(ReadOnlySpan<byte> from = default, bool reverse = false) => throw new NotSupportedException();

    /// <summary>Members by (score, member) with min ≤ score ≤ max. Values of the cursor are empty.</summary>
    public ElementCursor ScanScores(double min = double.NegativeInfinity, double max = double.PositiveInfinity, bool reverse = false) =>
        throw new NotSupportedException();

    /// <summary>What CONFLICTS lists, the one that shows first in each element.</summary>
    public IReadOnlyList<Sibling> Siblings() => throw new NotSupportedException();

    /// <summary>SET: replaces the key, whatever its type, by a string with this expiry of its own.</summary>
    public void Set(ReadOnlySpan<byte> value, long expiryMs = long.MaxValue) => throw new NotSupportedException();

    /// <summary>APPEND, SETRANGE, SETBIT, SET KEEPTTL on a string: the value anew with the expiry that shows. The key is absent or a string.</summary>
    public void WriteString(ReadOnlySpan<byte> value) => throw new NotSupportedException();

    /// <summary>Writes a hash field or a set member (empty value). The key is absent or of this type.</summary>
    public void Write(ElementType type, ReadOnlySpan<byte> element, ReadOnlySpan<byte> value) => throw new NotSupportedException();

    /// <summary>Writes a member of a sorted set. The key is absent or a sorted set.</summary>
    public void WriteScore(ReadOnlySpan<byte> member, double score) => throw new NotSupportedException();

    /// <summary>Removes an element of the visible type; the last one takes the key with it. False when it is not there.</summary>
    public bool Remove(ReadOnlySpan<byte> element) => throw new NotSupportedException();

    /// <summary>Removes the key. False when it does not exist.</summary>
    public bool RemoveKey() => throw new NotSupportedException();

    /// <summary>Adds to the string, which is absent or a number.</summary>
    public void Increment(in Number delta) => throw new NotSupportedException();

    /// <summary>Adds to an element, which is absent or a number. Scores of sorted sets take doubles.</summary>
    public void Increment(ElementType type, ReadOnlySpan<byte> element, in Number delta) => throw new NotSupportedException();

    /// <summary>EXPIRE, or PERSIST with <see cref="long.MaxValue"/>. A time that has passed removes the key. False when the key does not exist, or has no expiry to persist.</summary>
    public bool Expire(long expiryMs) => throw new NotSupportedException();
}
