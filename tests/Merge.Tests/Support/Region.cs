using System.Text;
using MultiCloudKv.Foundation;
using MultiCloudKv.Merge.Changes;
using MultiCloudKv.Merge.Collection;
using MultiCloudKv.Merge.Records;
using MultiCloudKv.Merge.State;
using MultiCloudKv.Merge.Transactions;

namespace MultiCloudKv.Merge.Tests.Support;

/// <summary>One region for unit tests: a store and what the engine would do around the rules, time set by hand.</summary>
internal sealed class Region : IRecordStores, IMergeEffects
{
    private readonly ChangeApplier _applier;

    public Region(byte id, byte[] peers, bool plainPath = true, int smallMax = SmallSortedSet.MembersMax)
    {
        Vectors = new SlotVectors(id, new Partitions(16));
        Vectors.SetPeers(peers);
        _applier = new ChangeApplier(Vectors, this, plainPath, smallMax);
        Collector = new Collector(Vectors, this);
        Transaction = new Transaction(Vectors, this);
    }

    public MemoryStore Store { get; } = new();

    public SlotVectors Vectors { get; }

    public Collector Collector { get; }

    public Transaction Transaction { get; }

    public long NowMs { get; set; } = 1000;

    public ulong Clock { get; set; }

    public long Keys { get; private set; }

    public long ExpiringKeys { get; private set; }

    /// <summary>Expiries as the effects last told them.</summary>
    public SortedDictionary<string, long> Expiries { get; } = [];

    public static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    public static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    public KeyView Open(string key)
    {
        Transaction.Begin(NowMs, Clock + 1);
        return Transaction.Open(Bytes(key));
    }

    /// <summary>Runs commands as one transaction and applies it here; null when it changed nothing.</summary>
    public Change? Commit(Action<Transaction> commands)
    {
        Transaction.Begin(NowMs, Math.Max(Clock + 1, HybridTime.FromMs(NowMs)));
        commands(Transaction);
        if (!Transaction.HasChanges)
            return null;
        Clock = Math.Max(Clock + 1, HybridTime.FromMs(NowMs));
        var change = new Change(new Stamp(Clock, Vectors.Self), Transaction.Groups.ToArray());
        Assert.All(Apply(change), r => Assert.Equal(ApplyResult.Applied, r));
        return change;
    }

    public Change? Write(string key, Action<KeyView> command) => Commit(t => command(t.Open(Bytes(key))));

    /// <summary>Applies a change's groups.</summary>
    public List<ApplyResult> Apply(Change? change)
    {
        var results = new List<ApplyResult>();
        if (change is null)
            return results;
        Clock = Math.Max(Clock, change.Stamp.Hlc);
        var groups = new GroupReader(change.Groups);
        while (groups.MoveNext())
            results.Add(_applier.Apply(Store, change.Stamp, groups.Current.Bytes, NowMs));
        return results;
    }

    /// <summary>Takes a heartbeat of another region: it has applied what it has applied.</summary>
    public void Hear(Region other, string key)
    {
        int slot = Slots.Of(Bytes(key));
        var applied = new StampVector();
        other.Vectors.CopyApplied(slot, applied);
        applied.Raise(other.Vectors.Self, other.Clock);
        Vectors.Heard(Vectors.Partitions.Of(slot), other.Vectors.Self, applied, other.NowMs);
    }

    public bool Collect(string key) => Collector.CollectKey(Store, Slots.Of(Bytes(key)), 0, Bytes(key), NowMs);

    public string String(string key) => Text(Open(key).StringValue);

    /// <summary>"type: element=value …" or "-".</summary>
    public string Show(string key)
    {
        KeyView view = Open(key);
        if (!view.Exists)
            return "-";
        if (view.Type == ElementType.String)
            return "String: " + Text(view.StringValue);
        var parts = new List<string>();
        using ElementCursor cursor = view.Scan();
        while (cursor.MoveNext())
            parts.Add(Text(cursor.Element) + "=" + (view.Type == ElementType.SortedSet ? cursor.Score.ToString(System.Globalization.CultureInfo.InvariantCulture) : Text(cursor.Value)));
        return $"{view.Type}: {string.Join(' ', parts)}";
    }

    public int Count(RecordKind kind) => Store.Records.Count(r => RecordKeys.Kind(r.Key) == kind);

    IRecordStore IRecordStores.Of(int slot) => Store;

    void IMergeEffects.KeyTouched(int slot, uint ns, ReadOnlySpan<byte> key)
    {
    }

    void IMergeEffects.KeysChanged(uint ns, int delta) => Keys += delta;

    void IMergeEffects.ExpiringKeysChanged(uint ns, int delta) => ExpiringKeys += delta;

    void IMergeEffects.ExpiryChanged(int slot, uint ns, ReadOnlySpan<byte> key, long expiryMs)
    {
        Expiries[Text(key)] = expiryMs;
        if (expiryMs == long.MaxValue)
            Expiries.Remove(Text(key));
    }

    void IMergeEffects.PendingChanged(int slot, uint ns, ReadOnlySpan<byte> key, bool pending)
    {
    }
}
