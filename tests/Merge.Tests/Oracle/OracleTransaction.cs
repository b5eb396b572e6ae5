namespace MultiCloudKv.Merge.Tests.Oracle;

/// <summary>
/// The oracle's side of one transaction of one region: turns commands into what their client meant by them, given what
/// that client could see. One history change per slot touched.
/// </summary>
/// <param name="history">Where the views come from.</param>
/// <param name="region">Who runs it.</param>
/// <param name="now">The region's time in milliseconds.</param>
/// <param name="slotOf">Slot of a key.</param>
/// <param name="applied">Stamps applied per slot, by region; the same is the context of the change.</param>
internal sealed class OracleTransaction(History history, int region, long now, Func<string, int> slotOf, Func<int, ulong[]> applied)
{
    private const long Never = long.MaxValue;
    private readonly SortedDictionary<int, HistoryChange> _changes = [];

    /// <summary>The changes that are not empty, by slot.</summary>
    public IEnumerable<HistoryChange> Changes => _changes.Values.Where(c => c.Actions.Count > 0);

    public OracleView? View(string key)
    {
        int slot = slotOf(key);
        return history.View(key, slot, now, applied(slot), _changes.GetValueOrDefault(slot));
    }

    /// <summary>SET: everything at the key goes, the string comes.</summary>
    public void Set(string key, string value, long expiry)
    {
        Add(key, HistoryAction.RemoveKey(key));
        Add(key, HistoryAction.Write(key, ElementName.String, value, expiry));
    }

    /// <summary>APPEND, SETRANGE, SET KEEPTTL on a string: written anew with the expiry that showed.</summary>
    public void Rewrite(string key, string value)
    {
        OracleView? shown = View(key);
        Create(key, shown);
        Add(key, HistoryAction.Write(key, ElementName.String, value, shown?.ExpiryMs ?? Never));
    }

    /// <summary>HSET, SADD, ZADD of one element.</summary>
    public void Write(string key, ElementName element, string value)
    {
        Create(key, View(key));
        Add(key, HistoryAction.Write(key, element, value));
    }

    public void Increment(string key, ElementName element, decimal by)
    {
        Create(key, View(key));
        Add(key, HistoryAction.Increment(key, element, by));
    }

    /// <summary>Removal of one visible element; of the last one the key goes, whatever else is hidden in it.</summary>
    public void Remove(string key, ElementName element)
    {
        bool last = View(key)!.Elements.Count == 1;
        Add(key, last ? HistoryAction.RemoveKey(key) : HistoryAction.Remove(key, element));
    }

    public void RemoveKey(string key) => Add(key, HistoryAction.RemoveKey(key));

    /// <summary>EXPIRE, or with never PERSIST; a time that has passed removes the key.</summary>
    public void Expire(string key, long time) => Add(key, time <= now ? HistoryAction.RemoveKey(key) : HistoryAction.Expire(key, time));

    public void ClearSlot(int slot) => Of(slot).Actions.Add(HistoryAction.ClearSlot());

    /// <summary>COPY REPLACE of what shows at the source; RENAME is this and the removal of the source.</summary>
    public void Copy(string source, string target)
    {
        OracleView shown = View(source)!;
        if (shown.Type == 's')
        {
            Set(target, shown.Elements[ElementName.String], shown.ExpiryMs);
            return;
        }

        if (View(target) is not null)
            RemoveKey(target);
        foreach ((ElementName element, string value) in shown.Elements)
            Write(target, element, value);
        if (shown.ExpiryMs != Never)
            Add(target, HistoryAction.Expire(target, shown.ExpiryMs));
    }

    /// <summary>A write to a key that doesn't show first absorbs what is left of it, and the new key is made without expiry.</summary>
    private void Create(string key, OracleView? shown)
    {
        if (shown is not null)
            return;
        Add(key, HistoryAction.RemoveKey(key));
        Add(key, HistoryAction.Expire(key, Never));
    }

    private void Add(string key, HistoryAction action) => Of(slotOf(key)).Actions.Add(action);

    private HistoryChange Of(int slot)
    {
        if (!_changes.TryGetValue(slot, out HistoryChange? change))
            _changes[slot] = change = new HistoryChange(region, slot, (ulong[])applied(slot).Clone());
        return change;
    }
}
