namespace MultiCloudKv.Merge.Tests.Oracle;

/// <summary>
/// The bare history of what clients did, and what must show after any part of it: the judge of libs/Merge, with which it
/// shares no code and no representation.
/// </summary>
/// <remarks>
/// A write, removal or overwrite absorbs what its maker had seen and nothing else; what shows is the newest unabsorbed
/// write plus all unabsorbed increments; expiries likewise. Everything is derived anew from the list of changes at each
/// question, so there is no state that could be merged wrongly. What a replica has applied is a prefix of every region's
/// changes and given by a vector.
/// </remarks>
internal sealed class History
{
    private readonly List<HistoryChange> _changes = [];
    private readonly Dictionary<string, List<Entry>> _byKey = [];
    private readonly Dictionary<int, List<Entry>> _clears = [];
    private readonly List<Entry> _ops = [];
    private readonly List<Entry> _live = [];

    public IReadOnlyList<HistoryChange> Changes => _changes;

    /// <summary>Adds a change under its stamp.</summary>
    public void Add(HistoryChange change)
    {
        _changes.Add(change);
        for (int i = 0; i < change.Actions.Count; i++)
        {
            HistoryAction action = change.Actions[i];
            List<Entry>? list;
            if (action.Kind == ActionKind.ClearSlot)
            {
                if (!_clears.TryGetValue(change.Slot, out list))
                    _clears[change.Slot] = list = [];
            }
            else if (!_byKey.TryGetValue(action.Key, out list))
            {
                _byKey[action.Key] = list = [];
            }

            list.Add(new Entry(change, i, action));
        }
    }

    /// <summary>Forgets changes that were lost before anybody else had them.</summary>
    public void Lose(Predicate<HistoryChange> lost)
    {
        HistoryChange[] kept = [.. _changes.Where(c => !lost(c))];
        _changes.Clear();
        _byKey.Clear();
        _clears.Clear();
        foreach (HistoryChange change in kept)
            Add(change);
    }

    /// <summary>
    /// What the key shows at a moment to a replica that has applied, of each region, the changes up to the vector's stamp;
    /// null when it doesn't show.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="slot">Its slot.</param>
    /// <param name="now">The replica's time in milliseconds.</param>
    /// <param name="applied">Stamp per region; null for all of history.</param>
    /// <param name="running">A transaction of this replica that has not committed yet.</param>
    public OracleView? View(string key, int slot, long now, ulong[]? applied = null, HistoryChange? running = null)
    {
        Gather(key, slot, applied, running);
        _live.Clear();
        foreach (Entry a in _ops)
        {
            if (a.Action.Kind is ActionKind.Write or ActionKind.Increment && !Absorbed(a))
                _live.Add(a);
        }

        if (_live.Count == 0)
            return null;
        Entry newest = _live[0];
        foreach (Entry a in _live)
            newest = Newer(a, newest) ? a : newest;
        char type = newest.Action.Element.Type;
        long expiry = Expiry(type);
        if (now >= expiry)
            return null;
        var view = new OracleView(type, expiry);
        foreach (ElementName element in _live.Select(a => a.Action.Element).Distinct())
            Show(view, element);
        return view;
    }

    private void Show(OracleView view, ElementName element)
    {
        Entry? top = null;
        decimal sum = 0;
        bool counted = false;
        foreach (Entry a in _live)
        {
            if (a.Action.Element != element)
                continue;
            if (a.Action.Kind == ActionKind.Increment)
            {
                sum += a.Action.Amount;
                counted = true;
                continue;
            }

            view.Registers.Add(new OracleRegister(element, a.Change.Region, a.Change.Hlc, a.Action.Value));
            if (top is null || Newer(a, top))
                top = a;
        }

        if (counted)
            AddIncrements(view, element);
        if (element.Type != view.Type)
            return;
        string shown = top is null ? PlainNumber.Shown(sum) : top.Action.Value;
        if (top is not null && PlainNumber.TryParse(shown, out decimal number))
            shown = PlainNumber.Shown(number + sum);
        view.Elements[element] = shown;
    }

    private void AddIncrements(OracleView view, ElementName element)
    {
        foreach (IGrouping<int, Entry> region in _live
            .Where(a => a.Action.Kind == ActionKind.Increment && a.Action.Element == element)
            .GroupBy(a => a.Change.Region))
            view.Increments.Add(new OracleIncrements(element, region.Key, region.Max(a => a.Change.Hlc), region.Sum(a => a.Action.Amount)));
    }

    /// <summary>The latest of the live EXPIRE/PERSIST and of the visible string's own expiry unless an EXPIRE had seen that write.</summary>
    private long Expiry(char type)
    {
        long latest = long.MinValue;
        foreach (Entry a in _ops)
        {
            if (a.Action.Kind == ActionKind.Expire && a.Action.Time > latest && !_ops.Exists(b => b.Action.OverwritesExpiry && Saw(b, a)))
                latest = a.Action.Time;
        }

        if (type == 's')
        {
            Entry? top = null;
            foreach (Entry a in _live)
            {
                if (a.Action.Kind == ActionKind.Write && a.Action.Element.Type == 's' && (top is null || Newer(a, top)))
                    top = a;
            }

            if (top is not null && !_ops.Exists(b => b.Action.Kind == ActionKind.Expire && Saw(b, top)))
                latest = Math.Max(latest, top.Action.Time);
        }

        return latest == long.MinValue ? long.MaxValue : latest;
    }

    private void Gather(string key, int slot, ulong[]? applied, HistoryChange? running)
    {
        _ops.Clear();
        if (_byKey.TryGetValue(key, out List<Entry>? own))
            Take(own, applied);
        if (_clears.TryGetValue(slot, out List<Entry>? clears))
            Take(clears, applied);
        for (int i = 0; running is not null && i < running.Actions.Count; i++)
        {
            HistoryAction action = running.Actions[i];
            if (action.Kind == ActionKind.ClearSlot || action.Key == key)
                _ops.Add(new Entry(running, i, action));
        }
    }

    private void Take(List<Entry> from, ulong[]? applied)
    {
        foreach (Entry a in from)
        {
            if (applied is null || a.Change.Hlc <= applied[a.Change.Region])
                _ops.Add(a);
        }
    }

    private bool Absorbed(Entry a)
    {
        foreach (Entry b in _ops)
        {
            if (b.Action.Overwrites(a.Action.Element) && Saw(b, a))
                return true;
        }

        return false;
    }

    /// <summary>Was b made after seeing a?</summary>
    private static bool Saw(Entry b, Entry a)
    {
        if (ReferenceEquals(a.Change, b.Change))
            return b.Index > a.Index;
        return a.Change.Region == b.Change.Region ? b.Change.Hlc > a.Change.Hlc : b.Change.Context[a.Change.Region] >= a.Change.Hlc;
    }

    private static bool Newer(Entry a, Entry b) =>
        a.Change.Hlc != b.Change.Hlc ? a.Change.Hlc > b.Change.Hlc :
        a.Change.Region != b.Change.Region ? a.Change.Region > b.Change.Region : a.Index > b.Index;

    private sealed record Entry(HistoryChange Change, int Index, HistoryAction Action);
}
