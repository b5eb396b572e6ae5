using MultiCloudKv.Foundation;
using MultiCloudKv.Merge.Changes;
using MultiCloudKv.Merge.Records;
using MultiCloudKv.Merge.State;

namespace MultiCloudKv.Merge.Collection;

/// <summary>
/// Installs another region's state of a slot over the live one (resync), by vectors: so it is safe at any moment, loses no write the
/// other had not seen, and brings back nothing that was removed.
/// <list type="number">
/// <item>An entry (register, delta, expiry) that both sides hold: the higher stamp stays.</item>
/// <item>An entry that one side alone holds stays iff its stamp is above the other side's applied vector: otherwise the other had
/// it and has removed it.</item>
/// <item>Floors, seen contexts, touches: the maximum of both. Then what a seen context covers is absorbed as if it arrived now.</item>
/// <item>The applied vector becomes the maximum of both. Contexts heard are the caller's to raise (<see cref="SlotVectors.Heard"/>).</item>
/// </list>
/// </summary>
/// <remarks>Not thread-safe. The caller holds the slot's stripe; the source does not change meanwhile.</remarks>
public sealed class StateInstaller
{
    private readonly SlotVectors _vectors;
    private readonly KeyEditor _editor;
    private readonly KeyState _theirKey = new();
    private readonly ElementState _theirElement = new();
    private readonly RecordKeyBuffer _theirKeys = new();
    private IRecordStore _source = null!;
    private StampVector _theirApplied = null!;
    private int _slot;

    public StateInstaller(SlotVectors vectors, IMergeEffects effects)
    {
        _vectors = vectors;
        _editor = new KeyEditor(vectors, effects);
    }

    /// <summary>Installs one slot.</summary>
    /// <param name="store">The live records.</param>
    /// <param name="source">The other side's records, of one moment.</param>
    /// <param name="slot">The slot.</param>
    /// <param name="sourceApplied">The other side's applied vector of the slot at that moment.</param>
    /// <param name="sourceCleared">The other side's cleared contexts of the slot.</param>
    /// <param name="nowMs">This node's clock.</param>
    public void InstallSlot(
        IRecordStore store,
        IRecordStore source,
        int slot,
        StampVector sourceApplied,
        IEnumerable<(uint Namespace, StampVector Context)> sourceCleared,
        long nowMs)
    {
        _source = source;
        _slot = slot;
        _theirApplied = sourceApplied;
        foreach ((uint ns, StampVector context) in sourceCleared)
        {
            for (int i = 0; i < context.Count; i++)
                _vectors.RaiseCleared(slot, ns, context.At(i).Region, context.At(i).Hlc);
        }

        var names = new HashSet<(uint Namespace, string Key)>();
        Collect(store, names);
        Collect(source, names);
        foreach ((uint ns, string name) in names)
            InstallKey(store, ns, Convert.FromHexString(name), nowMs);
        for (int i = 0; i < sourceApplied.Count; i++)
        {
            (byte region, ulong hlc) = sourceApplied.At(i);
            if (hlc > _vectors.Applied(slot, region))
                _vectors.SetApplied(slot, region, hlc);
        }
    }

    private void Collect(IRecordStore store, HashSet<(uint Namespace, string Key)> names)
    {
        Span<byte> low = stackalloc byte[4];
        Span<byte> high = stackalloc byte[4];
        int lowLength = RecordKeys.SlotBound(low, RecordKind.Meta, _slot);
        int highLength = RecordKeys.SlotBound(high, RecordKind.Meta, _slot + 1);
        using RecordCursor cursor = store.Scan(low[..lowLength], high[..highLength]);
        while (cursor.MoveNext())
        {
            Invariant.Check(RecordKeys.TryParse(cursor.Key, out _, out uint ns, out ReadOnlySpan<byte> key, out _));
            names.Add((ns, Convert.ToHexString(key)));
        }
    }

    private void InstallKey(IRecordStore store, uint ns, byte[] key, long nowMs)
    {
        _editor.Open(store, _slot, ns, key, nowMs);
        _theirKeys.Set(_slot, ns, key);
        if (_source.TryGet(_theirKeys.Meta(), out ReadOnlySpan<byte> meta))
            KeyCodec.Read(meta, _theirKey);
        else
            _theirKey.Clear();
        KeyState mine = _editor.Key;
        mine.Seen.Raise(_theirKey.Seen);
        mine.ExpirySeen.Raise(_theirKey.ExpirySeen);
        mine.Touch.Raise(_theirKey.Touch);
        JoinExpiries(mine);
        Join(mine.Text, _theirKey.Text);
        CoverOwn(mine);
        JoinElements();
        _editor.Close();
    }

    private void JoinElements()
    {
        var names = new HashSet<(ElementType Type, string Name)>();
        if (_editor.Key.Version != 0)
            Collect(_editor.ScanElements(), _editor.Keys.VersionPrefixLength, names);
        if (_theirKey.Version != 0)
            Collect(RecordRange.Scan(_source, _theirKeys.Version(RecordKind.Element, _theirKey.Version)), _theirKeys.VersionPrefixLength, names);
        ulong version = Newest(_editor.Key.Touch);
        foreach ((ElementType type, string name) in names)
        {
            byte[] element = Convert.FromHexString(name);
            ElementState mine = _editor.Load(type, element);
            if (_theirKey.Version != 0 && _source.TryGet(_theirKeys.Element(_theirKey.Version, type, element), out ReadOnlySpan<byte> record))
                ElementCodec.Read(record, _theirElement);
            else
                _theirElement.Clear();
            Join(mine, _theirElement);
            _editor.Save(type, element, version);
        }
    }

    private static void Collect(RecordCursor records, int typeAt, HashSet<(ElementType Type, string Name)> names)
    {
        using (records)
        {
            while (records.MoveNext())
                names.Add(((ElementType)records.Key[typeAt], Convert.ToHexString(records.Key[(typeAt + 1)..])));
        }
    }

    private void Join(ElementState mine, ElementState theirs)
    {
        JoinRegisters(mine, theirs);
        JoinDeltas(mine, theirs);
        mine.Seen.Raise(theirs.Seen);
        for (int i = 0; i < theirs.Floors.Count; i++)
        {
            ref Floor floor = ref theirs.Floors[i];
            int at = mine.Floors.IndexOf(floor.Region);
            if (at < 0 || floor.Hlc > mine.Floors[at].Hlc)
                mine.Floors.Put(floor);
        }

        for (int i = mine.Registers.Count - 1; i >= 0; i--)
        {
            if (IsAbsorbed(mine, mine.Registers[i].Region, mine.Registers[i].Hlc))
                mine.Registers.RemoveAt(i);
        }

        for (int i = mine.Deltas.Count - 1; i >= 0; i--)
        {
            if (IsAbsorbed(mine, mine.Deltas[i].Region, mine.Deltas[i].Last))
                mine.Deltas.RemoveAt(i);
        }
    }

    private void JoinRegisters(ElementState mine, ElementState theirs)
    {
        for (int i = mine.Registers.Count - 1; i >= 0; i--)
        {
            if (theirs.Registers.IndexOf(mine.Registers[i].Region) < 0 && TheyHad(mine.Registers[i].Region, mine.Registers[i].Hlc))
                mine.Registers.RemoveAt(i);
        }

        for (int i = 0; i < theirs.Registers.Count; i++)
        {
            ref Register register = ref theirs.Registers[i];
            int at = mine.Registers.IndexOf(register.Region);
            if (at < 0 ? IHad(register.Region, register.Hlc) : register.Hlc <= mine.Registers[at].Hlc)
            {
                if (at >= 0 && register.Hlc == mine.Registers[at].Hlc && register.Own == Register.Covered)
                    mine.Registers[at].Own = Register.Covered;
                continue;
            }

            mine.PutRegister(register.Region, register.Hlc, register.Own, theirs.Value(i));
        }
    }

    private void JoinDeltas(ElementState mine, ElementState theirs)
    {
        for (int i = mine.Deltas.Count - 1; i >= 0; i--)
        {
            if (theirs.Deltas.IndexOf(mine.Deltas[i].Region) < 0 && TheyHad(mine.Deltas[i].Region, mine.Deltas[i].Last))
                mine.Deltas.RemoveAt(i);
        }

        for (int i = 0; i < theirs.Deltas.Count; i++)
        {
            ref Delta delta = ref theirs.Deltas[i];
            int at = mine.Deltas.IndexOf(delta.Region);
            if (at < 0 ? !IHad(delta.Region, delta.Last) : delta.Last > mine.Deltas[at].Last)
                mine.Deltas.Put(delta);
        }
    }

    private void JoinExpiries(KeyState mine)
    {
        for (int i = mine.Expiries.Count - 1; i >= 0; i--)
        {
            if (_theirKey.Expiries.IndexOf(mine.Expiries[i].Region) < 0 && TheyHad(mine.Expiries[i].Region, mine.Expiries[i].Hlc))
                mine.Expiries.RemoveAt(i);
        }

        for (int i = 0; i < _theirKey.Expiries.Count; i++)
        {
            ref ExpiryRegister expiry = ref _theirKey.Expiries[i];
            int at = mine.Expiries.IndexOf(expiry.Region);
            if (at < 0 ? !IHad(expiry.Region, expiry.Hlc) : expiry.Hlc > mine.Expiries[at].Hlc)
                mine.Expiries.Put(expiry);
        }

        for (int i = mine.Expiries.Count - 1; i >= 0; i--)
        {
            ref ExpiryRegister expiry = ref mine.Expiries[i];
            if (expiry.Hlc <= mine.ExpirySeen[expiry.Region] || IsAbsorbed(null, expiry.Region, expiry.Hlc))
                mine.Expiries.RemoveAt(i);
        }
    }

    private static void CoverOwn(KeyState mine)
    {
        for (int i = 0; i < mine.Text.Registers.Count; i++)
        {
            ref Register register = ref mine.Text.Registers[i];
            if (register.Hlc <= mine.ExpirySeen[register.Region])
                register.Own = Register.Covered;
        }
    }

    private bool IHad(byte region, ulong hlc) => hlc <= _vectors.Applied(_slot, region);

    private bool TheyHad(byte region, ulong hlc) => hlc <= _theirApplied[region];

    private bool IsAbsorbed(ElementState? x, byte region, ulong hlc) => hlc <= Math.Max(
        Math.Max(_editor.Key.Seen[region], x?.Seen[region] ?? 0),
        _vectors.Cleared(_slot, _editor.Keys.Namespace)?[region] ?? 0);

    private static ulong Newest(StampVector touch)
    {
        ulong newest = 1;
        for (int i = 0; i < touch.Count; i++)
            newest = Math.Max(newest, touch.At(i).Hlc);
        return newest;
    }
}
