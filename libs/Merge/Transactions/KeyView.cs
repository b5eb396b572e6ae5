using System.Buffers.Binary;
using MultiCloudKv.Foundation;
using MultiCloudKv.Merge.Changes;
using MultiCloudKv.Merge.Records;
using MultiCloudKv.Merge.State;

namespace MultiCloudKv.Merge.Transactions;

/// <summary>
/// One key as a command sees it, and writes it. Reads show what clients see: the newest live type, nothing of an expired key.
/// Writes turn into the operations the merge needs: a write to a key that does not show first removes what is left of it and makes
/// it anew without expiry; overwrites carry what they had seen of other regions' increments; increments carry this region's
/// sum, not the result; removing the last element removes the key.
/// </summary>
/// <remarks>Made by <see cref="Transaction.Open"/>, reused after it. Spans it gives are valid until the next call on the transaction.</remarks>
public sealed class KeyView
{
    private readonly Transaction _transaction;
    private readonly KeyReader _reader;
    private FloorGatherer? _floors;

    internal KeyView(Transaction transaction)
    {
        _transaction = transaction;
        _reader = new KeyReader(transaction);
    }

    /// <summary>The key's own bytes.</summary>
    public ReadOnlySpan<byte> Key => _reader.Keys.Key;

    /// <summary>The key's hash slot.</summary>
    public int Slot => _reader.Keys.Slot;

    /// <summary>Unix milliseconds at which the key expires, <see cref="long.MaxValue"/> for never (also when it does not exist).</summary>
    public long ExpiryMs => Fresh().Exists ? _reader.ExpiryMs : long.MaxValue;

    /// <summary>True when the key shows: it has a live element and has not expired.</summary>
    public bool Exists => Fresh().Exists;

    /// <summary>The visible type, None when the key does not exist.</summary>
    public ElementType Type => Fresh().Exists ? _reader.Type : ElementType.None;

    /// <summary>Number of visible elements (1 for a string, 0 when the key does not exist).</summary>
    public long Count => Fresh().Exists ? _reader.Count : 0;

    /// <summary>The string shown, empty when the key is no string. A counter reads as its number.</summary>
    public ReadOnlySpan<byte> StringValue => Type == ElementType.String ? _reader.ShownText() : default;

    /// <summary>The string shown as a number; false when it is none.</summary>
    public bool TryGetNumber(out Number number)
    {
        number = default;
        return Type == ElementType.String && _reader.TryTextNumber(out number);
    }

    /// <summary>An element of the visible type as a number; false when it is absent or none.</summary>
    public bool TryGetNumber(ReadOnlySpan<byte> element, out Number number)
    {
        number = default;
        return TryGet(element, out ReadOnlySpan<byte> value) && ElementState.TryValueNumber(_reader.Type, value, out number);
    }

    /// <summary>An element of the visible type; the value of a sorted set's member is its score in eight bytes, see <see cref="TryGetScore"/>.</summary>
    public bool TryGet(ReadOnlySpan<byte> element, out ReadOnlySpan<byte> value)
    {
        value = default;
        return Type > ElementType.String && _reader.TryShown(element, out value);
    }

    public bool Contains(ReadOnlySpan<byte> element) => TryGet(element, out _);

    public bool TryGetScore(ReadOnlySpan<byte> member, out double score)
    {
        bool there = TryGet(member, out ReadOnlySpan<byte> value);
        score = there && value.Length == 8 ? BinaryPrimitives.ReadDoubleLittleEndian(value) : 0;
        return there;
    }

    /// <summary>Notes that an element will be read; false when it is not resident. See <see cref="Transaction.ThrowIfWanting"/>.</summary>
    public bool Want(ReadOnlySpan<byte> element) =>
        Type <= ElementType.String || _reader.Version == 0
        || _transaction.Want(_reader.Source, _reader.Keys.Element(_reader.Version, _reader.Type, element));

    /// <summary>
    /// The visible elements in byte order or against it, beginning with <paramref name="from"/> (inclusive; empty = at the
    /// end the order begins with). Writes during the scan do not disturb it.
    /// </summary>
    public ElementCursor Scan(ReadOnlySpan<byte> from = default, bool reverse = false)
    {
        _reader.RefreshAll();
        return _reader.Exists && _reader.Type > ElementType.String ? ElementScan.Open(_reader, from, reverse) : EmptyCursor.Instance;
    }

    /// <summary>Members by (score, member) with min ≤ score ≤ max. Values of the cursor are empty.</summary>
    public ElementCursor ScanScores(double min = double.NegativeInfinity, double max = double.PositiveInfinity, bool reverse = false)
    {
        _reader.RefreshAll();
        return _reader.Exists && _reader.Type == ElementType.SortedSet && min <= max
            ? _reader.IsSmall ? SortedMembers.Open(_reader, min, max, reverse) : ScoreScan.Open(_reader, min, max, reverse)
            : EmptyCursor.Instance;
    }

    /// <summary>What CONFLICTS lists, the one that shows first in each element.</summary>
    public IReadOnlyList<Sibling> Siblings()
    {
        _reader.RefreshAll();
        return _reader.Exists ? SiblingLister.List(_reader) : [];
    }

    /// <summary>SET: replaces the key, whatever its type, by a string with this expiry of its own.</summary>
    public void Set(ReadOnlySpan<byte> value, long expiryMs = long.MaxValue)
    {
        Fresh();
        ByteWriter to = Begin(Opcode.Set);
        OpWriter.Expiry(to, expiryMs);
        to.WriteBytes(value);
        WriteKeyFloors(to);
    }

    /// <summary>APPEND, SETRANGE, SETBIT, SET KEEPTTL on a string: the value anew with the expiry that shows. The key is absent or a string.</summary>
    public void WriteString(ReadOnlySpan<byte> value)
    {
        bool there = Fresh().Exists;
        Invariant.Check(!there || _reader.Type == ElementType.String);
        if (!there)
            Create();
        ByteWriter to = Begin(Opcode.Write);
        OpWriter.Element(to, ElementType.String, default);
        OpWriter.Expiry(to, there ? _reader.ExpiryMs : OpWriter.Never);
        to.WriteBytes(value);
        if (there && HasTextFloors())
            FloorGatherer.WriteElement(_reader.Decode().Text, Self, to);
        else
            OpWriter.None(to);
    }

    /// <summary>Writes a hash field or a set member (empty value). The key is absent or of this type.</summary>
    public void Write(ElementType type, ReadOnlySpan<byte> element, ReadOnlySpan<byte> value)
    {
        Invariant.Check(type > ElementType.String);
        bool there = Fresh().Exists;
        Invariant.Check(!there || _reader.Type == type);
        if (!there)
            Create();
        else if (type == ElementType.SortedSet)
            _reader.ReadIfOutgrown(element);
        bool floors = there && HasElementFloors();
        ElementState? state = floors ? _reader.Element(type, element) : null;
        ByteWriter to = Begin(Opcode.Write);
        OpWriter.Element(to, type, element);
        OpWriter.Expiry(to, OpWriter.Never);
        to.WriteBytes(value);
        if (state is not null)
            FloorGatherer.WriteElement(state, Self, to);
        else
            OpWriter.None(to);
        Wrote(type, element, !there);
    }

    /// <summary>Writes a member of a sorted set. The key is absent or a sorted set.</summary>
    public void WriteScore(ReadOnlySpan<byte> member, double score)
    {
        Invariant.Check(!double.IsNaN(score));
        Span<byte> value = stackalloc byte[8];
        BinaryPrimitives.WriteDoubleLittleEndian(value, score == 0 ? 0d : score);
        Write(ElementType.SortedSet, member, value);
    }

    /// <summary>Removes an element of the visible type; the last one takes the key with it. False when it is not there.</summary>
    public bool Remove(ReadOnlySpan<byte> element)
    {
        if (!Contains(element))
            return false;
        if (_reader.Count == 1)
            return RemoveKey();
        ElementType type = _reader.Type;
        ElementState? state = HasElementFloors() ? _reader.Element(type, element) : null;
        ByteWriter to = Begin(Opcode.Remove);
        OpWriter.Element(to, type, element);
        if (state is not null)
            FloorGatherer.WriteElement(state, Self, to);
        else
            OpWriter.None(to);
        if (_reader.IsPlainCollection)
            _reader.Wrote(element, removed: true);
        return true;
    }

    /// <summary>Removes the key. False when it does not exist.</summary>
    public bool RemoveKey()
    {
        if (!Fresh().Exists)
            return false;
        WriteKeyFloors(Begin(Opcode.RemoveKey));
        return true;
    }

    /// <summary>Adds to the string, which is absent or a number.</summary>
    public void Increment(in Number delta)
    {
        bool there = Fresh().Exists;
        Invariant.Check(!there || _reader.Type == ElementType.String);
        ulong start = 0;
        Number total = delta;
        if (!there)
            Create();
        else if (_reader.Form == KeyCodec.Counter)
            Continue(_reader.Meta(), ref start, ref total);
        else if (_reader.Form == KeyCodec.General)
            Continue(_reader.Decode().Text, ref start, ref total);
        WriteIncrement(ElementType.String, default, start, total);
    }

    /// <summary>Adds to an element, which is absent or a number. Scores of sorted sets take doubles. The key is absent or of this type.</summary>
    public void Increment(ElementType type, ReadOnlySpan<byte> element, in Number delta)
    {
        Invariant.Check(type > ElementType.String);
        bool there = Fresh().Exists;
        Invariant.Check(!there || _reader.Type == type);
        ulong start = 0;
        Number total = delta;
        if (!there)
        {
            Create();
        }
        else
        {
            if (type == ElementType.SortedSet)
                _reader.ReadIfOutgrown(element);
            Continue(_reader.Element(type, element), ref start, ref total);
        }

        WriteIncrement(type, element, start, total);
        Wrote(type, element, !there);
    }

    /// <summary>EXPIRE, or PERSIST with <see cref="long.MaxValue"/>. A time that has passed removes the key. False when the key does not exist, or has no expiry to persist.</summary>
    public bool Expire(long expiryMs)
    {
        if (!Fresh().Exists || (expiryMs == OpWriter.Never && _reader.ExpiryMs == OpWriter.Never))
            return false;
        if (expiryMs <= _transaction.NowMs)
            return RemoveKey();
        OpWriter.Expiry(Begin(Opcode.Expire), expiryMs);
        return true;
    }

    internal void Open(IRecordStore store, int slot, uint ns, ReadOnlySpan<byte> key) => _reader.Aim(store, slot, ns, key);

    private byte Self => _transaction.Vectors.Self;

    private KeyReader Fresh()
    {
        _reader.Refresh();
        return _reader;
    }

    private ByteWriter Begin(Opcode opcode)
    {
        SlotChanges changes = _transaction.Begin(_reader.Keys.Slot);
        changes.Touch(_reader.Hash);
        OpWriter.Begin(changes.Group, opcode, _reader.Keys.Namespace, _reader.Keys.Key);
        return changes.Group;
    }

    private void Create() => WriteKeyFloors(Begin(Opcode.Create));

    private void WriteKeyFloors(ByteWriter to)
    {
        if (!HasTextFloors() && !HasElementFloors())
            OpWriter.None(to);
        else
            (_floors ??= new FloorGatherer(Self)).WriteKey(_reader.Decode(), _reader.Source, _reader.Keys, to);
    }

    private bool HasTextFloors() => _reader.Form switch
    {
        KeyCodec.Counter => _reader.Meta()[1] != Self,
        KeyCodec.General => _reader.Decode().Text.HasForeignDelta(Self),
        _ => false,
    };

    private bool HasElementFloors() => _reader.Form == KeyCodec.General && _reader.Decode().ForeignDeltas > 0;

    private void WriteIncrement(ElementType type, ReadOnlySpan<byte> element, ulong start, in Number total)
    {
        ByteWriter to = Begin(Opcode.Increment);
        OpWriter.Element(to, type, element);
        to.WriteUInt64(start);
        total.WriteTo(to);
    }

    /// <summary>This region's increments go on where a live entry of them is.</summary>
    private void Continue(ElementState state, ref ulong start, ref Number total)
    {
        int own = state.Deltas.IndexOf(Self);
        if (own < 0 || !state.IsLiveDelta(own))
            return;
        start = Shipped(state.Deltas[own].Start);
        total = state.Deltas[own].Sum.Add(total);
    }

    private void Continue(ReadOnlySpan<byte> counter, ref ulong start, ref Number total)
    {
        if (counter[1] != Self)
            return;
        start = Shipped(KeyCodec.U64(counter, 10));
        total = Number.Of(KeyCodec.CounterSum(counter)).Add(total);
    }

    /// <summary>A start within this transaction has no stamp yet: 0 says "this one's".</summary>
    private ulong Shipped(ulong start) => start == _transaction.ProvisionalHlc ? 0 : start;

    private void Wrote(ElementType type, ReadOnlySpan<byte> element, bool created)
    {
        if (created)
            _reader.Created(type);
        if (_reader.IsPlainCollection)
            _reader.Wrote(element, removed: false);
    }
}
