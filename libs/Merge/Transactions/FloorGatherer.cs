using MultiCloudKv.Foundation;
using MultiCloudKv.Merge.Changes;
using MultiCloudKv.Merge.Records;
using MultiCloudKv.Merge.State;

namespace MultiCloudKv.Merge.Transactions;

/// <summary>Collects what an overwrite sees of other regions' increments, to be shipped with it.</summary>
internal sealed class FloorGatherer(byte self)
{
    private readonly ByteWriter _elements = new(16);
    private readonly ByteWriter _keys = new(16);
    private readonly ElementState _element = new();
    private readonly KeyState _key = new();
    private readonly RecordKeyBuffer _buffer = new();
    private int _elementCount;
    private int _keyCount;

    /// <summary>Writes the floors of one element: count, then region and sum each.</summary>
    public static void WriteElement(ElementState element, byte self, ByteWriter to)
    {
        int count = 0;
        for (int i = 0; i < element.Deltas.Count; i++)
            count += IsForeign(element, i, self) ? 1 : 0;
        to.WriteVarInt((ulong)count);
        for (int i = 0; i < element.Deltas.Count; i++)
        {
            if (IsForeign(element, i, self))
                OpWriter.Floor(to, element.Deltas[i].Region, element.Deltas[i].Sum);
        }
    }

    /// <summary>Writes the floors of all elements of a key.</summary>
    public void WriteKey(KeyState key, IRecordStore source, RecordKeyBuffer keys, ByteWriter to)
    {
        Gather(key, source, keys);
        to.WriteVarInt((ulong)_elementCount);
        to.Write(_elements.Written);
    }

    /// <summary>Collects the floors of all keys of a slot. False when there is no key, not even a hidden one.</summary>
    public bool GatherSlot(IRecordStore source, int slot, uint ns)
    {
        _keys.Clear();
        _keyCount = 0;
        Span<byte> low = stackalloc byte[16];
        Span<byte> high = stackalloc byte[16];
        int lowLength = RecordKeys.NamespaceBound(low, RecordKind.Meta, slot, ns);
        int highLength = RecordKeys.NamespaceBound(high, RecordKind.Meta, slot, ns + 1);
        bool any = false;
        using RecordCursor cursor = source.Scan(low[..lowLength], high[..highLength]);
        while (cursor.MoveNext())
        {
            any = true;
            KeyCodec.Read(cursor.Value, _key);
            if (_key.ForeignDeltas == 0 && !_key.Text.HasForeignDelta(self))
                continue;
            Invariant.Check(RecordKeys.TryParse(cursor.Key, out _, out _, out ReadOnlySpan<byte> key, out _));
            _buffer.Set(slot, ns, key);
            Gather(_key, source, _buffer);
            _keyCount++;
            _keys.WriteBytes(key);
            _keys.WriteVarInt((ulong)_elementCount);
            _keys.Write(_elements.Written);
        }

        return any;
    }

    public void WriteKeys(ByteWriter to)
    {
        to.WriteVarInt((ulong)_keyCount);
        to.Write(_keys.Written);
    }

    private static bool IsForeign(ElementState element, int delta, byte self) =>
        element.Deltas[delta].Region != self && element.IsLiveDelta(delta);

    private void Gather(KeyState key, IRecordStore source, RecordKeyBuffer keys)
    {
        _elements.Clear();
        _elementCount = 0;
        if (key.Text.HasForeignDelta(self))
            Add(ElementType.String, default, key.Text);
        if (key.ForeignDeltas == 0)
            return;
        int typeAt = keys.VersionPrefixLength;
        using RecordCursor cursor = RecordRange.Scan(source, keys.Version(RecordKind.Element, key.Version));
        while (cursor.MoveNext())
        {
            if (ElementCodec.IsPlain(cursor.Value))
                continue;
            ElementCodec.Read(cursor.Value, _element);
            if (_element.HasForeignDelta(self))
                Add((ElementType)cursor.Key[typeAt], cursor.Key[(typeAt + 1)..], _element);
        }
    }

    private void Add(ElementType type, ReadOnlySpan<byte> name, ElementState element)
    {
        _elementCount++;
        OpWriter.Element(_elements, type, name);
        WriteElement(element, self, _elements);
    }
}
