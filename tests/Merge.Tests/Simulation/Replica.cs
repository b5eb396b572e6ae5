using System.Text;
using MultiCloudKv.Foundation;
using MultiCloudKv.Merge.Changes;
using MultiCloudKv.Merge.Collection;
using MultiCloudKv.Merge.Records;
using MultiCloudKv.Merge.Tests.Oracle;
using MultiCloudKv.Merge.Transactions;

namespace MultiCloudKv.Merge.Tests.Simulation;

/// <summary>
/// One region: the real merge code over a store of its own, with the duties of the engine around it (stamps, groups,
/// vectors, frontiers, the count of keys). Regions are numbered from 0 here and have the id number + 1.
/// </summary>
internal sealed class Replica : IRecordStores, IMergeEffects
{
    private readonly Place _place;
    private readonly History _history;
    private readonly int _regions;
    private readonly SortedStore _store;
    private readonly SlotVectors _vectors;
    private readonly ChangeApplier _applier;
    private readonly Collector _collector;
    private readonly ulong[][] _frontiers;
    private long _wallMs;

    public Replica(int index, int regions, Place place, History history)
        : this(index, regions, place, history, new SortedStore())
    {
    }

    private Replica(int index, int regions, Place place, History history, SortedStore store)
    {
        Index = index;
        _regions = regions;
        _place = place;
        _history = history;
        _store = store;
        _vectors = new SlotVectors((byte)(index + 1), new Partitions(Partitions.Default));
        _vectors.SetPeers([.. Enumerable.Range(0, regions).Where(i => i != index).Select(i => (byte)(i + 1))]);
        _applier = new ChangeApplier(_vectors, this, plainPath: true, smallMax: index);
        _collector = new Collector(_vectors, this);
        Applied = place.Slots.ToDictionary(slot => slot, _ => new ulong[regions]);
        Positions = [.. place.Partitions.Select(_ => new int[regions])];
        _frontiers = [.. place.Partitions.Select(_ => new ulong[regions])];
    }

    public int Index { get; }

    public byte Id => (byte)(Index + 1);

    /// <summary>The highest stamp seen.</summary>
    public ulong Clock { get; private set; }

    /// <summary>Wall clock, but never behind a stamp already seen.</summary>
    public long Now => Math.Max(_wallMs, HybridTime.PhysicalMs(Clock));

    /// <summary>Per partition and origin how many log entries are applied.</summary>
    public int[][] Positions { get; }

    /// <summary>Per slot and origin the stamp of the last change applied: the simulation's own account.</summary>
    public Dictionary<int, ulong[]> Applied { get; }

    /// <summary>Number of records in the store.</summary>
    public int Records => _store.Count;

    /// <summary>Entries of the journal that this state holds.</summary>
    public int Journaled { get; private init; }

    /// <summary>Visible keys as the effects count them.</summary>
    public long Keys { get; private set; }

    /// <summary>Those of them that have an expiry.</summary>
    public long ExpiringKeys { get; private set; }

    public Replica Copy(int journaled)
    {
        var copy = new Replica(Index, _regions, _place, _history, _store.Copy())
        {
            Clock = Clock,
            _wallMs = _wallMs,
            Keys = Keys,
            ExpiringKeys = ExpiringKeys,
            Journaled = journaled,
        };
        foreach (int slot in _place.Slots)
        {
            Applied[slot].CopyTo(copy.Applied[slot], 0);
            foreach (byte region in _vectors.Regions)
                copy._vectors.SetApplied(slot, region, _vectors.Applied(slot, region));
        }

        for (int i = 0; i < _place.Partitions.Length; i++)
        {
            Positions[i].CopyTo(copy.Positions[i], 0);
            _frontiers[i].CopyTo(copy._frontiers[i], 0);
            int partition = _place.Partitions[i];
            foreach (byte region in _vectors.Regions)
            {
                if (_vectors.Known(partition, region) is { } heard)
                    copy._vectors.Heard(partition, region, heard.Applied, heard.ClockMs);
            }

            foreach ((int slot, uint ns, StampVector context) in _vectors.AllCleared(partition))
            {
                for (int r = 0; r < context.Count; r++)
                    copy._vectors.RaiseCleared(slot, ns, context.At(r).Region, context.At(r).Hlc);
            }
        }

        return copy;
    }

    public void Tick(long wallMs) => _wallMs = Math.Max(_wallMs, wallMs);

    public void Observe(ulong hlc) => Clock = Math.Max(Clock, hlc);

    /// <summary>Runs a transaction as the engine does and returns what it ships, by partition index.</summary>
    public List<(int Partition, LogEntry Entry)> Commit(IReadOnlyList<Command> commands, Func<bool> missing)
    {
        var real = new Transaction(_vectors, this);
        OracleTransaction oracle = RunCommands(real, commands, missing);
        HistoryChange[] changes = [.. oracle.Changes];
        if (real.HasChanges != changes.Length > 0)
            throw new SimulationFailure($"region {Id}: the transaction has {(real.HasChanges ? "" : "no ")}changes, must have {string.Join(" and ", changes.Select(c => c.ToString()))}");
        List<(int, LogEntry)> shipped = [];
        if (!real.HasChanges)
            return shipped;
        ulong hlc = NextStamp();
        var reader = new GroupReader(real.Groups.ToArray());
        foreach (HistoryChange change in changes)
        {
            if (!reader.MoveNext() || reader.Current.Slot != change.Slot)
                throw new SimulationFailure($"region {Id}: the groups are not those of the slots written to");
            change.Hlc = hlc;
            _history.Add(change);
            var entry = new LogEntry(hlc, change.Slot, reader.Current.Bytes.ToArray(), change, null);
            int partition = Array.IndexOf(_place.Partitions, Place.PartitionOf(change.Slot));
            Apply(Index, partition, entry);
            shipped.Add((partition, entry));
        }

        return shipped;
    }

    /// <summary>Makes a heartbeat: what this region has applied of the partition, and its clock.</summary>
    public LogEntry Heartbeat(int partition)
    {
        ulong hlc = NextStamp();
        _frontiers[partition][Index] = hlc;
        return new LogEntry(hlc, -1, [], null, (ulong[])_frontiers[partition].Clone());
    }

    /// <summary>Applies the next entry of a log.</summary>
    public void Apply(int origin, int partition, LogEntry entry)
    {
        Observe(entry.Hlc);
        _frontiers[partition][origin] = Math.Max(_frontiers[partition][origin], entry.Hlc);
        if (entry.IsHeartbeat)
        {
            Hear(origin, partition, entry.Frontier!, entry.Hlc);
            return;
        }

        var stamp = new Stamp(entry.Hlc, (byte)(origin + 1));
        ApplyResult result = _applier.Apply(_store, stamp, entry.Group, Now);
        if (result != ApplyResult.Applied)
            throw new SimulationFailure($"region {Id}: {result} for {entry}");
        Applied[entry.Slot][origin] = entry.Hlc;
        if (_vectors.Applied(entry.Slot, stamp.Region) != entry.Hlc)
            throw new SimulationFailure($"region {Id}: the applied vector did not follow {entry}");
        ulong[] context = (ulong[])entry.Change!.Context.Clone();
        context[origin] = entry.Hlc;
        Hear(origin, partition, context, entry.Hlc);
    }

    /// <summary>Applies an old entry once more: nothing may change.</summary>
    public void ApplyAgain(int origin, int partition, LogEntry entry)
    {
        if (entry.IsHeartbeat)
            return;
        string before = Dump();
        ApplyResult result = _applier.Apply(_store, new Stamp(entry.Hlc, (byte)(origin + 1)), entry.Group, Now);
        if (result != ApplyResult.Duplicate || Dump() != before)
            throw new SimulationFailure($"region {Id}: {result} for {entry}, applied again in partition {_place.Partitions[partition]}");
    }

    /// <summary>Hides what has expired and collects what may go.</summary>
    public void Collect()
    {
        HideExpired(Now);
        foreach (int slot in _place.Slots)
            _collector.CollectSlot(_store, slot, Now, int.MaxValue);
    }

    /// <summary>A region that never comes back no longer has a say.</summary>
    public void Remove(int region) => _vectors.SetPeers(_vectors.Peers.ToArray().Where(p => p != region + 1).ToArray());

    /// <summary>Everything shows what it must at a moment.</summary>
    public void Check(long now)
    {
        HideExpired(now);
        var real = new Transaction(_vectors, this);
        real.Begin(now, Clock + 1);
        int visible = 0;
        int expiring = 0;
        foreach (string key in _place.Keys)
        {
            int slot = Place.SlotOf(key);
            OracleView? must = _history.View(key, slot, now, Applied[slot]);
            visible += must is null ? 0 : 1;
            expiring += must is null || must.ExpiryMs == long.MaxValue ? 0 : 1;
            if (Shown.Compare(real.Open(Bytes(key)), must) is { } wrong)
                throw new SimulationFailure($"region {Id} key {key} at {now - World.Epoch}: {wrong}");
            CheckMeta(key, slot, must, now);
        }

        if (Keys != visible || ExpiringKeys != expiring)
            throw new SimulationFailure($"region {Id} counts {Keys} keys at {now - World.Epoch}, {ExpiringKeys} with an expiry; {visible} show, {expiring} with one");
    }

    /// <summary>Opens a key at a moment, for reading.</summary>
    public KeyView Read(string key, long now)
    {
        var real = new Transaction(_vectors, this);
        real.Begin(now, Clock + 1);
        return real.Open(Bytes(key));
    }

    /// <summary>The digest of everything, for comparison between regions.</summary>
    public KeyDigest Digest(long now)
    {
        var sum = default(KeyDigest);
        foreach (string key in _place.Keys)
            sum = sum.Add(KeyDigest.Of(_store, Place.SlotOf(key), 0, Bytes(key), now));
        return sum;
    }

    /// <summary>When all is quiet: exactly one meta record for each visible key, one element record for each live element of a collection, and their indexes.</summary>
    public void CheckResidue()
    {
        int metas = 0;
        int elements = 0;
        int expiries = 0;
        foreach (string key in _place.Keys)
        {
            int slot = Place.SlotOf(key);
            if (_history.View(key, slot, Now, Applied[slot]) is not { } must)
                continue;
            metas++;
            elements += must.Live.Count(e => e.Type != 's');
            CheckScores(key, slot, must.Live.Count(e => e.Type == 'z'));
            expiries += must.ExpiryMs == long.MaxValue ? 0 : 1;
        }

        Expect(RecordKind.Meta, metas);
        Expect(RecordKind.Element, elements);
        Expect(RecordKind.ExpiryIndex, expiries);
        Expect(RecordKind.PendingIndex, 0);
        if (_place.Partitions.Any(p => _vectors.AllCleared(p).Count > 0))
            throw new SimulationFailure($"region {Id} keeps contexts of a cleared slot");
    }

    IRecordStore IRecordStores.Of(int slot) => _store;

    void IMergeEffects.KeyTouched(int slot, uint ns, ReadOnlySpan<byte> key)
    {
    }

    void IMergeEffects.KeysChanged(uint ns, int delta) => Keys += delta;

    void IMergeEffects.ExpiringKeysChanged(uint ns, int delta) => ExpiringKeys += delta;

    void IMergeEffects.ExpiryChanged(int slot, uint ns, ReadOnlySpan<byte> key, long expiryMs)
    {
    }

    void IMergeEffects.PendingChanged(int slot, uint ns, ReadOnlySpan<byte> key, bool pending)
    {
    }

    public override string ToString() => $"region {Id} [{string.Join(' ', Applied.Select(a => $"{a.Key}: {string.Join(',', a.Value.Select(h => $"{(h >> 16) - World.Epoch}.{h & 0xffff}"))}"))}]";

    private static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    private OracleTransaction RunCommands(Transaction real, IReadOnlyList<Command> commands, Func<bool> missing)
    {
        for (int attempt = 0; ; attempt++)
        {
            real.Begin(Now, Clock + 1);
            _store.Missing = attempt < 20 ? missing : null;
            var oracle = new OracleTransaction(_history, Index, Now, Place.SlotOf, slot => Applied[slot]);
            try
            {
                var transaction = new SimTransaction(real, oracle, $"region {Id}");
                foreach (Command command in commands)
                    command(transaction);
                return oracle;
            }
            catch (NotResidentException)
            {
                real.Reset();
            }
            finally
            {
                _store.Missing = null;
            }
        }
    }

    private ulong NextStamp() => Clock = Math.Max(Clock + 1, HybridTime.FromMs(_wallMs));

    private void Hear(int origin, int partition, ulong[] context, ulong hlc)
    {
        if (origin == Index)
            return;
        var vector = new StampVector();
        for (int i = 0; i < context.Length; i++)
            vector.Raise((byte)(i + 1), context[i]);
        _vectors.Heard(_place.Partitions[partition], (byte)(origin + 1), vector, HybridTime.PhysicalMs(hlc));
    }

    private void HideExpired(long now)
    {
        Span<byte> low = stackalloc byte[16];
        Span<byte> high = stackalloc byte[16];
        foreach (int slot in _place.Slots)
        {
            int lowLength = RecordKeys.ExpiryBound(low, slot, 0);
            int highLength = RecordKeys.ExpiryBound(high, slot, now + 1);
            using RecordCursor due = _store.Scan(low[..lowLength], high[..highLength]);
            while (due.MoveNext())
            {
                if (RecordKeys.TryParseExpiry(due.Key, out int at, out _, out uint ns, out ReadOnlySpan<byte> key))
                    _collector.Hide(_store, at, ns, key, now);
            }
        }
    }

    private void CheckMeta(string key, int slot, OracleView? must, long now)
    {
        var buffer = new RecordKeyBuffer();
        buffer.Set(slot, 0, Bytes(key));
        MetaView meta = _store.TryGet(buffer.Meta(), out ReadOnlySpan<byte> value) ? MetaView.Read(value) : default;
        bool visible = meta.IsVisible(now);
        if (visible != must is not null || (must is not null && (meta.Count != must.Elements.Count || meta.ExpiryMs != must.ExpiryMs || Shown.LetterOf(meta.Type) != must.Type)))
            throw new SimulationFailure($"region {Id} key {key} at {now - World.Epoch}: the meta record says {meta}, must be {must}");
    }

    /// <summary>A sorted set has one score record for each member, or none if it is small; what is small differs by region.</summary>
    private void CheckScores(string key, int slot, int members)
    {
        var keys = new RecordKeyBuffer();
        keys.Set(slot, 0, Bytes(key));
        int records = _store.Records.Count(r =>
            RecordKeys.Kind(r.Key) == RecordKind.ScoreIndex && RecordKeys.TryParse(r.Key, out _, out _, out ReadOnlySpan<byte> of, out _) && of.SequenceEqual(keys.Key));
        if (records != members && (records > 0 || members > Index))
            throw new SimulationFailure($"region {Id}: {key} has {members} members and {records} score records when all is quiet");
    }

    private void Expect(RecordKind kind, int count)
    {
        string[] found = [.. _store.Records.Where(r => RecordKeys.Kind(r.Key) == kind).Select(r => $"{Convert.ToHexString(r.Key)}={Convert.ToHexString(r.Value)}")];
        if (found.Length != count)
            throw new SimulationFailure($"region {Id}: {found.Length} records of kind {kind} when all is quiet, must be {count}: {string.Join(' ', found)}");
    }

    private string Dump() => string.Join('\n', _store.Records.Select(r => $"{Convert.ToHexString(r.Key)}={Convert.ToHexString(r.Value)}")) + Keys;
}
