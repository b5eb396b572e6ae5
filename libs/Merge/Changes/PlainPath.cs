using System.Buffers.Binary;
using MultiCloudKv.Foundation;
using MultiCloudKv.Merge.Records;
using MultiCloudKv.Merge.State;

namespace MultiCloudKv.Merge.Changes;

/// <summary>
/// The short way for changes that meet plain records they cover: a SET over nothing or a plain string, an increment of a
/// counter only its own region made, a write or removal of a plain element in a plain collection, and the creation of these. It
/// works on the bytes of the compact forms (<see cref="KeyCodec"/>), looks each record up once, allocates nothing, and leaves exactly
/// the records that <see cref="MergeRules"/> would. Whatever it does not know it declines before it has written anything.
/// </summary>
/// <remarks>Not thread-safe; owned by one applier.</remarks>
internal sealed class PlainPath(ChangeContext change, IMergeEffects effects, int smallMax)
{
    private const int MetaMax = KeyCodec.CollectionHeader + (16 * KeyCodec.TouchLength);

    private readonly RecordKeyBuffer _keys = new();
    private readonly ByteWriter _record = new();
    private bool _looksTheSame;

    /// <summary>Applies the current operation (and, after a Create, the one behind it) if it is one of the plain cases.</summary>
    public bool TryApply(ref OpReader op)
    {
        if (change.Ahead || op.HasFloors || change.Vectors.Cleared(change.Slot, op.Namespace) is not null)
            return false;
        bool done;
        _looksTheSame = false;
        switch (op.Opcode)
        {
            case Opcode.Set:
                done = TrySet(ref op);
                break;
            case Opcode.Increment when op.Type == ElementType.String:
                done = TryIncrement(ref op);
                break;
            case Opcode.Write when op.Type != ElementType.String:
                done = TryWrite(ref op);
                break;
            case Opcode.Remove when op.Type != ElementType.String:
                done = TryRemove(ref op);
                break;
            case Opcode.Create:
                done = TryCreate(ref op);
                break;
            default:
                return false;
        }

        if (done && !_looksTheSame)
            effects.KeyTouched(_keys.Slot, _keys.Namespace, _keys.Key);
        return done;
    }

    private bool TrySet(ref OpReader op)
    {
        _keys.Set(change.Slot, op.Namespace, op.Key);
        bool countedBefore = false;
        long expiryBefore = long.MaxValue;
        if (change.Store.TryGet(_keys.Meta(), out ReadOnlySpan<byte> meta))
        {
            byte form = meta[0];
            if (form > KeyCodec.Counter || !CoversForGood(meta[1], KeyCodec.U64(meta, 2)) || (form == KeyCodec.Counter && meta[1] != change.Origin))
                return false;
            countedBefore = form != KeyCodec.Expiring || meta[10] != 0;
            expiryBefore = form == KeyCodec.Expiring ? (long)KeyCodec.U64(meta, 11) : long.MaxValue;
        }

        bool counted = change.NowMs < op.Expiry;
        _record.Clear();
        if (op.Expiry == long.MaxValue)
            KeyCodec.WriteString(_record, change.Origin, change.Hlc, op.Value);
        else
            KeyCodec.WriteExpiring(_record, change.Origin, change.Hlc, counted, op.Expiry, op.Value);
        change.Store.Put(_keys.Meta(), _record.Written);
        if (counted != countedBefore)
            effects.KeysChanged(op.Namespace, counted ? 1 : -1);
        bool expiring = counted && op.Expiry != long.MaxValue;
        if (expiring != (countedBefore && expiryBefore != long.MaxValue))
            effects.ExpiringKeysChanged(op.Namespace, expiring ? 1 : -1);
        if (op.Expiry != expiryBefore)
            MoveExpiry(expiryBefore, op.Expiry);
        return true;
    }

    private bool TryIncrement(ref OpReader op)
    {
        if (op.Total.Kind != NumberKind.Integer)
            return false;
        _keys.Set(change.Slot, op.Namespace, op.Key);
        if (!change.Store.TryGet(_keys.Meta(), out ReadOnlySpan<byte> meta) || meta[0] != KeyCodec.Counter || meta[1] != change.Origin)
            return false;
        ulong created = KeyCodec.U64(meta, 18);
        PutCounter(ref op, created);
        return true;
    }

    private void PutCounter(ref OpReader op, ulong created)
    {
        _record.Clear();
        KeyCodec.WriteCounter(_record, change.Origin, change.Hlc, op.Start == 0 ? change.Hlc : op.Start, created, op.Total.ToInt64(out _));
        change.Store.Put(_keys.Meta(), _record.Written);
    }

    private bool TryCreate(ref OpReader op)
    {
        OpReader next = op;
        if (!next.MoveNext() || next.Namespace != op.Namespace || next.HasFloors || !next.Key.SequenceEqual(op.Key))
            return false;
        bool counter = next.Opcode == Opcode.Increment && next.Type == ElementType.String && next.Total.Kind == NumberKind.Integer;
        bool element = next.Opcode == Opcode.Write && next.Type != ElementType.String;
        if (!counter && !element)
            return false;
        _keys.Set(change.Slot, op.Namespace, op.Key);
        if (change.Store.TryGet(_keys.Meta(), out _))
            return false;
        if (counter)
        {
            PutCounter(ref next, change.Hlc);
        }
        else
        {
            _record.Clear();
            bool small = next.Type == ElementType.SortedSet && SmallSortedSet.Fits(1, next.Element, smallMax);
            KeyCodec.WriteCollection(_record, next.Type, change.Hlc, 1, new ExpiryRegister(change.Origin, change.Hlc, long.MaxValue), counted: true, small);
            KeyCodec.AddTouch(_record, change.Origin, change.Hlc);
            change.Store.Put(_keys.Meta(), _record.Written);
            PutElement(ref next, change.Hlc);
            if (next.Type == ElementType.SortedSet && !small)
                change.Store.Put(_keys.Score(change.Hlc, Score(next.Value), next.Element), default);
        }

        effects.KeysChanged(op.Namespace, 1);
        op = next;
        return true;
    }

    private bool TryWrite(ref OpReader op)
    {
        Span<byte> meta = stackalloc byte[MetaMax];
        if (!TryCollection(ref op, meta, out int length))
            return false;
        ulong version = KeyCodec.U64(meta, KeyCodec.CollectionVersion);
        bool there = change.Store.TryGet(_keys.Element(version, op.Type, op.Element), out ReadOnlySpan<byte> record);
        if (there ? !IsPlainAndSeen(record) : OutgrowsSmall(meta, op.Element))
            return false;

        // A member that is added again is a newer write and looks as before: nobody who watches the key has to know.
        _looksTheSame = there && (op.Type is ElementType.Set or ElementType.SortedSet) && ElementCodec.PlainValue(record).SequenceEqual(op.Value);
        if (op.Type == ElementType.SortedSet && !IsSmall(meta) && !_looksTheSame)
            MoveScore(ref op, version, there, record);
        PutElement(ref op, version);
        PutMeta(meta, length, there ? 0 : 1);
        return true;
    }

    private bool TryRemove(ref OpReader op)
    {
        Span<byte> meta = stackalloc byte[MetaMax];
        if (!TryCollection(ref op, meta, out int length) || KeyCodec.U64(meta, KeyCodec.CollectionCount) < 2)
            return false;
        ulong version = KeyCodec.U64(meta, KeyCodec.CollectionVersion);
        if (!change.Store.TryGet(_keys.Element(version, op.Type, op.Element), out ReadOnlySpan<byte> record) || !IsPlainAndSeen(record))
            return false;
        if (op.Type == ElementType.SortedSet && !IsSmall(meta))
            change.Store.Delete(_keys.Score(version, Score(ElementCodec.PlainValue(record)), op.Element));
        change.Store.Delete(_keys.Element(version, op.Type, op.Element));
        PutMeta(meta, length, -1);
        return true;
    }

    /// <summary>Finds the key's meta record and copies it if it is that of a plain collection of the operation's type which can't expire unnoticed.</summary>
    private bool TryCollection(ref OpReader op, scoped Span<byte> copy, out int length)
    {
        length = 0;
        _keys.Set(change.Slot, op.Namespace, op.Key);
        if (!change.Store.TryGet(_keys.Meta(), out ReadOnlySpan<byte> meta) || meta[0] != KeyCodec.Collection || meta[1] != (byte)op.Type
            || meta.Length > MetaMax - KeyCodec.TouchLength)
            return false;
        long expiry = meta[KeyCodec.CollectionExpiryRegion] == 0 ? long.MaxValue : (long)KeyCodec.U64(meta, KeyCodec.CollectionExpiryMs);
        if ((meta[KeyCodec.CollectionFlags] & KeyCodec.CountedFlag) == 0 || change.NowMs >= expiry)
            return false;
        meta.CopyTo(copy);
        length = meta.Length;
        return true;
    }

    private void PutElement(ref OpReader op, ulong version)
    {
        _record.Clear();
        ElementCodec.WritePlain(_record, change.Origin, change.Hlc, op.Value);
        change.Store.Put(_keys.Element(version, op.Type, op.Element), _record.Written);
    }

    private void MoveScore(ref OpReader op, ulong version, bool there, ReadOnlySpan<byte> record)
    {
        double score = Score(op.Value);
        double before = there ? Score(ElementCodec.PlainValue(record)) : 0;
        if (there && RecordKeys.SortableScore(before) == RecordKeys.SortableScore(score))
            return;
        if (there)
            change.Store.Delete(_keys.Score(version, before, op.Element));
        change.Store.Put(_keys.Score(version, score, op.Element), default);
    }

    private bool OutgrowsSmall(ReadOnlySpan<byte> meta, ReadOnlySpan<byte> member) =>
        IsSmall(meta) && !SmallSortedSet.Fits((long)KeyCodec.U64(meta, KeyCodec.CollectionCount) + 1, member, smallMax);

    private static bool IsSmall(ReadOnlySpan<byte> meta) => (meta[KeyCodec.CollectionFlags] & KeyCodec.SmallFlag) != 0;

    private void PutMeta(Span<byte> meta, int length, int countDelta)
    {
        ulong count = KeyCodec.U64(meta, KeyCodec.CollectionCount);
        BinaryPrimitives.WriteUInt64LittleEndian(meta[KeyCodec.CollectionCount..], (ulong)((long)count + countDelta));
        int touches = meta[KeyCodec.CollectionTouch];
        int at = KeyCodec.CollectionHeader;
        while (touches > 0 && meta[at] < change.Origin)
        {
            at += KeyCodec.TouchLength;
            touches--;
        }

        if (touches == 0 || meta[at] != change.Origin)
        {
            meta[at..length].CopyTo(meta[(at + KeyCodec.TouchLength)..]);
            meta[at] = change.Origin;
            meta[KeyCodec.CollectionTouch]++;
            length += KeyCodec.TouchLength;
        }

        BinaryPrimitives.WriteUInt64LittleEndian(meta[(at + 1)..], change.Hlc);
        change.Store.Put(_keys.Meta(), meta[..length]);
    }

    private bool IsPlainAndSeen(ReadOnlySpan<byte> record) =>
        ElementCodec.IsPlain(record) && change.Saw(ElementCodec.PlainRegion(record), ElementCodec.PlainHlc(record));

    /// <summary>The writer had seen this touch, and nobody needs to be reminded of it.</summary>
    private bool CoversForGood(byte region, ulong hlc) =>
        region == change.Origin || (change.Saw(region, hlc) && change.IsSettled(region, hlc));

    private void MoveExpiry(long before, long after)
    {
        if (before != long.MaxValue)
            change.Store.Delete(_keys.Expiry(before));
        if (after != long.MaxValue)
            change.Store.Put(_keys.Expiry(after), default);
        effects.ExpiryChanged(_keys.Slot, _keys.Namespace, _keys.Key, after);
    }

    private static double Score(ReadOnlySpan<byte> value)
    {
        double score = value.Length == 8 ? BinaryPrimitives.ReadDoubleLittleEndian(value) : 0;
        return double.IsNaN(score) ? 0 : score;
    }
}
