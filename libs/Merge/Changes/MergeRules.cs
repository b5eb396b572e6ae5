using MultiCloudKv.Foundation;
using MultiCloudKv.Merge.State;

namespace MultiCloudKv.Merge.Changes;

/// <summary>
/// The rules themselves, on an open key: what a write, a removal, an increment, an expiry do to the state. Every one of
/// them absorbs what its writer had seen, and nothing else.
/// </summary>
/// <remarks>Not thread-safe; owned by one applier.</remarks>
internal sealed class MergeRules(ChangeContext change, KeyEditor editor)
{
    private readonly List<(ElementType Type, byte[] Element)> _left = [];

    private KeyState Key => editor.Key;

    public void Write(ref OpReader op)
    {
        if (op.Type == ElementType.String)
        {
            WriteText(op.Value, op.Expiry, op.Floors);
            return;
        }

        ElementState x = editor.Load(op.Type, op.Element);
        Absorb(x, op.Floors);
        if (!IsAbsorbed(x))
            x.PutRegister(change.Origin, change.Hlc, long.MaxValue, op.Value);
        editor.Save(op.Type, op.Element, change.Hlc);
        Touch();
    }

    public void Remove(ref OpReader op)
    {
        if (op.Type == ElementType.String)
        {
            Absorb(Key.Text, op.Floors);
        }
        else
        {
            Absorb(editor.Load(op.Type, op.Element), op.Floors);
            editor.Save(op.Type, op.Element, change.Hlc);
        }

        Touch();
    }

    public void Increment(ref OpReader op)
    {
        bool text = op.Type == ElementType.String;
        ElementState x = text ? Key.Text : editor.Load(op.Type, op.Element);
        if (!IsAbsorbed(x))
            x.Deltas.Put(new Delta(change.Origin, change.Hlc, op.Start == 0 ? change.Hlc : op.Start, op.Total));
        if (!text)
            editor.Save(op.Type, op.Element, change.Hlc);
        Touch();
    }

    public void Expire(long expiryMs)
    {
        DropExpiries();
        ElementState text = Key.Text;
        for (int i = 0; i < text.Registers.Count; i++)
        {
            ref Register register = ref text.Registers[i];
            if (change.Saw(register.Region, register.Hlc))
                register.Own = Register.Covered;
        }

        change.RaiseAhead(Key.ExpirySeen);
        if (!IsAbsorbed(null) && change.Hlc > Key.ExpirySeen[change.Origin])
            Key.Expiries.Put(new ExpiryRegister(change.Origin, change.Hlc, expiryMs));
        Touch();
    }

    public void Set(ref OpReader op)
    {
        RemoveKey(op.Floors);
        WriteText(op.Value, op.Expiry, default);
    }

    public void RemoveKey(ReadOnlySpan<byte> floors)
    {
        Drop(floors);
        change.RaiseAhead(Key.Seen);
    }

    /// <summary>
    /// Removes what the writer had seen of the whole key. When it had seen everything and no element holds remains, the elements are
    /// left behind with their version, in one step; otherwise each is looked at. Floors for elements that are not here, or no
    /// longer, are kept as residue until the increments they speak of can't come any more.
    /// </summary>
    public void Drop(ReadOnlySpan<byte> floors)
    {
        Absorb(Key.Text, default);
        if (Key.HasElements)
        {
            if (Key.Remains == 0 && change.CoversTouch(Key.Touch))
                editor.DropElements();
            else
                AbsorbElements();
        }

        TakeFloors(floors);
        DropExpiries();
        ForgetTouches();
        Touch();
    }

    private void WriteText(ReadOnlySpan<byte> value, long own, ReadOnlySpan<byte> floors)
    {
        Absorb(Key.Text, floors);
        if (!IsAbsorbed(Key.Text))
            Key.Text.PutRegister(change.Origin, change.Hlc, change.Hlc <= Key.ExpirySeen[change.Origin] ? Register.Covered : own, value);
        Touch();
    }

    /// <summary>Absorbs what the writer had seen of one element; floors are what it had seen of other regions' increments.</summary>
    private void Absorb(ElementState x, ReadOnlySpan<byte> floors)
    {
        for (int i = x.Registers.Count - 1; i >= 0; i--)
        {
            if (change.Saw(x.Registers[i].Region, x.Registers[i].Hlc))
                x.Registers.RemoveAt(i);
        }

        for (int i = x.Deltas.Count - 1; i >= 0; i--)
        {
            if (change.Saw(x.Deltas[i].Region, x.Deltas[i].Last))
                x.Deltas.RemoveAt(i);
        }

        RaiseFloors(x, floors);
        change.RaiseAhead(x.Seen);
    }

    private void RaiseFloors(ElementState x, ReadOnlySpan<byte> floors)
    {
        if (floors.Length <= 1)
            return;
        var reader = new FloorReader(floors);
        while (reader.NextSum())
        {
            ulong upTo = change.Of(reader.Region);
            int at = x.Floors.IndexOf(reader.Region);
            if (at < 0 || upTo > x.Floors[at].Hlc)
                x.Floors.Put(new Floor(reader.Region, upTo, reader.Sum, change.Origin, change.Hlc));
        }
    }

    private void TakeFloors(ReadOnlySpan<byte> floors)
    {
        if (floors.Length <= 1)
            return;
        var reader = new FloorReader(floors);
        while (reader.NextElement())
        {
            if (reader.Type == ElementType.String)
            {
                RaiseFloors(Key.Text, reader.Inner);
                continue;
            }

            RaiseFloors(editor.Load(reader.Type, reader.Element), reader.Inner);
            editor.Save(reader.Type, reader.Element, change.Hlc);
        }
    }

    private void AbsorbElements()
    {
        _left.Clear();
        int typeAt = editor.Keys.VersionPrefixLength;
        using (RecordCursor cursor = editor.ScanElements())
        {
            while (cursor.MoveNext())
                _left.Add(((ElementType)cursor.Key[typeAt], cursor.Key[(typeAt + 1)..].ToArray()));
        }

        foreach ((ElementType type, byte[] element) in _left)
        {
            Absorb(editor.Load(type, element), default);
            editor.Save(type, element, change.Hlc);
        }
    }

    private void DropExpiries()
    {
        for (int i = Key.Expiries.Count - 1; i >= 0; i--)
        {
            if (change.Saw(Key.Expiries[i].Region, Key.Expiries[i].Hlc))
                Key.Expiries.RemoveAt(i);
        }
    }

    /// <summary>After a removal that had seen everything, touches that every region is known to have applied decide nothing any more.</summary>
    private void ForgetTouches()
    {
        StampVector touch = Key.Touch;
        if (!change.CoversTouch(touch))
            return;
        for (int i = 0; i < touch.Count; i++)
        {
            (byte region, ulong hlc) = touch.At(i);
            if (hlc != 0 && region != change.Origin && change.IsSettled(region, hlc))
                touch[region] = 0;
        }
    }

    /// <summary>Had an overwrite that was applied earlier already seen this change?</summary>
    private bool IsAbsorbed(ElementState? x)
    {
        byte origin = change.Origin;
        ulong seen = Math.Max(Key.Seen[origin], x?.Seen[origin] ?? 0);
        if (change.Vectors.Cleared(change.Slot, editor.Keys.Namespace) is { } cleared)
            seen = Math.Max(seen, cleared[origin]);
        return change.Hlc <= seen;
    }

    private void Touch() => Key.Touch.Raise(change.Origin, change.Hlc);
}
