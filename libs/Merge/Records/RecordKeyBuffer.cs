using System.Buffers.Binary;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Merge.Records;

/// <summary>
/// Builds the record keys of one key in one reused buffer: the prefix is written once, each call changes the kind byte and
/// the suffix. A returned span is valid until the next call.
/// </summary>
/// <remarks>Not thread-safe; owned by one applier, view or collector.</remarks>
public sealed class RecordKeyBuffer
{
    private byte[] _bytes = new byte[256];
    private int _nameStart;
    private int _prefixLength;

    public int Slot { get; private set; }

    public uint Namespace { get; private set; }

    /// <summary>The key's own bytes.</summary>
    public ReadOnlySpan<byte> Key => _bytes.AsSpan(_nameStart, _prefixLength - _nameStart);

    /// <summary>Aims the buffer at a key.</summary>
    public void Set(int slot, uint ns, ReadOnlySpan<byte> key)
    {
        Ensure(key.Length + RecordKeys.OverheadMax);
        Slot = slot;
        Namespace = ns;
        Span<byte> to = _bytes;
        BinaryPrimitives.WriteUInt16BigEndian(to[1..], (ushort)slot);
        int at = 3 + VarInt.Write(to[3..], ns);
        at += VarInt.Write(to[at..], (ulong)key.Length);
        _nameStart = at;
        key.CopyTo(to[at..]);
        _prefixLength = at + key.Length;
    }

    public bool Is(int slot, uint ns, ReadOnlySpan<byte> key) => _prefixLength > 0 && slot == Slot && ns == Namespace && key.SequenceEqual(Key);

    public ReadOnlySpan<byte> Meta() => Prefix(RecordKind.Meta);

    public ReadOnlySpan<byte> Pending() => Prefix(RecordKind.PendingIndex);

    public ReadOnlySpan<byte> Pending(ElementType type, ReadOnlySpan<byte> element)
    {
        Ensure(_prefixLength + 1 + element.Length);
        Span<byte> to = _bytes;
        to[0] = (byte)RecordKind.PendingIndex;
        to[_prefixLength] = (byte)type;
        element.CopyTo(to[(_prefixLength + 1)..]);
        return to[..(_prefixLength + 1 + element.Length)];
    }

    public ReadOnlySpan<byte> Element(ulong version, ElementType type, ReadOnlySpan<byte> element)
    {
        int start = Versioned(RecordKind.Element, version, 1 + element.Length);
        _bytes[start] = (byte)type;
        element.CopyTo(_bytes.AsSpan(start + 1));
        return _bytes.AsSpan(0, start + 1 + element.Length);
    }

    public ReadOnlySpan<byte> Score(ulong version, double score, ReadOnlySpan<byte> member)
    {
        int start = Versioned(RecordKind.ScoreIndex, version, RecordKeys.ScoreLength + member.Length);
        BinaryPrimitives.WriteUInt64BigEndian(_bytes.AsSpan(start), RecordKeys.SortableScore(score));
        member.CopyTo(_bytes.AsSpan(start + RecordKeys.ScoreLength));
        return _bytes.AsSpan(0, start + RecordKeys.ScoreLength + member.Length);
    }

    /// <summary>Prefix of all records of a kind that belong to one version of the key.</summary>
    public ReadOnlySpan<byte> Version(RecordKind kind, ulong version) => _bytes.AsSpan(0, Versioned(kind, version, 0));

    /// <summary>Length of <see cref="Version"/>: where the suffix of an element's or score's record begins.</summary>
    public int VersionPrefixLength => _prefixLength + RecordKeys.VersionLength;

    /// <summary>Length of the key's own prefix: where the suffix of a pending record begins.</summary>
    public int PrefixLength => _prefixLength;

    public ReadOnlySpan<byte> Expiry(long ms)
    {
        int name = _prefixLength - 3;
        int start = _prefixLength + 16;
        Ensure(start + 11 + name);
        Span<byte> to = _bytes.AsSpan(start, 11 + name);
        to[0] = (byte)RecordKind.ExpiryIndex;
        BinaryPrimitives.WriteUInt16BigEndian(to[1..], (ushort)Slot);
        BinaryPrimitives.WriteUInt64BigEndian(to[3..], (ulong)ms);
        _bytes.AsSpan(3, name).CopyTo(to[11..]);
        return to;
    }

    /// <summary>Turns a prefix into the exclusive end of its range, in place: the last byte that is not 0xff goes up by one.</summary>
    public static int PrefixEnd(Span<byte> prefix)
    {
        int length = prefix.Length;
        while (length > 0 && prefix[length - 1] == 0xff)
            length--;
        Invariant.Check(length > 0);
        prefix[length - 1]++;
        return length;
    }

    private Span<byte> Prefix(RecordKind kind)
    {
        _bytes[0] = (byte)kind;
        return _bytes.AsSpan(0, _prefixLength);
    }

    private int Versioned(RecordKind kind, ulong version, int suffix)
    {
        Ensure(_prefixLength + RecordKeys.VersionLength + suffix);
        _bytes[0] = (byte)kind;
        BinaryPrimitives.WriteUInt64BigEndian(_bytes.AsSpan(_prefixLength), version);
        return _prefixLength + RecordKeys.VersionLength;
    }

    private void Ensure(int length)
    {
        if (_bytes.Length < length)
            Array.Resize(ref _bytes, Math.Max(length, _bytes.Length * 2));
    }
}
