using MultiCloudKv.Merge.Tests.Oracle;

namespace MultiCloudKv.Merge.Tests.Simulation;

/// <summary>A few regions moved by hand, for scenarios with a name. Keys carry the tag {a}: one slot, one partition.</summary>
internal sealed class Script
{
    private readonly List<LogEntry>[] _logs;

    public Script(int regions, params string[] keys)
    {
        Place = Place.Make(1, 0);
        Place.Keys.AddRange(keys);
        History = new History();
        Regions = [.. Enumerable.Range(0, regions).Select(i => new Replica(i, regions, Place, History))];
        _logs = [.. Regions.Select(_ => new List<LogEntry>())];
    }

    public Place Place { get; }

    public History History { get; }

    public Replica[] Regions { get; }

    /// <summary>A client of a region runs a transaction at a moment, in milliseconds after the epoch.</summary>
    public void Run(int region, long at, params Command[] commands)
    {
        Regions[region].Tick(World.Epoch + at);
        foreach ((int _, LogEntry entry) in Regions[region].Commit(commands, () => false))
            Append(region, entry);
    }

    public void Beat(long at)
    {
        for (int region = 0; region < Regions.Length; region++)
            Beat(region, at);
    }

    public void Beat(int region, long at)
    {
        Regions[region].Tick(World.Epoch + at);
        Append(region, Regions[region].Heartbeat(0));
    }

    /// <summary>Everything of one region that the other has not applied yet.</summary>
    public void Ship(int from, int to)
    {
        Replica replica = Regions[to];
        for (ref int next = ref replica.Positions[0][from]; next < _logs[from].Count; next++)
            replica.Apply(from, 0, _logs[from][next]);
    }

    /// <summary>The same entries once more.</summary>
    public void ShipAgain(int from, int to)
    {
        foreach (LogEntry entry in _logs[from].Take(Regions[to].Positions[0][from]))
            Regions[to].ApplyAgain(from, 0, entry);
    }

    public void ShipAll(params int[] among)
    {
        int[] all = among.Length > 0 ? among : [.. Enumerable.Range(0, Regions.Length)];
        foreach (int to in all)
        {
            foreach (int from in all)
            {
                if (from != to)
                    Ship(from, to);
            }
        }
    }

    /// <summary>All regions show what the oracle says, each by what it has applied.</summary>
    public void Check(long at)
    {
        foreach (Replica replica in Regions)
            replica.Check(World.Epoch + at);
    }

    /// <summary>Delivers, beats and collects until nothing moves, and requires that nothing invisible is left.</summary>
    public void Quiet(long at)
    {
        for (int round = 0; round < 3; round++)
        {
            ShipAll();
            Beat(at + round);
        }

        ShipAll();
        foreach (Replica replica in Regions)
        {
            replica.Collect();
            replica.Check(replica.Now);
            replica.CheckResidue();
        }
    }

    /// <summary>What a region shows of a key: "type element=value … @expiry ~siblings", empty for nothing.</summary>
    public string Show(int region, string key, long at) => Shown.Brief(Regions[region].Read(key, World.Epoch + at));

    /// <summary>Puts another state of a region in its place, and forgets what of its log nobody has.</summary>
    public void Replace(int region, Replica state)
    {
        int kept = Math.Max(state.Positions[0][region], Regions.Where(r => r.Index != region).Max(r => r.Positions[0][region]));
        HashSet<HistoryChange?> lost = [.. _logs[region].Skip(kept).Select(e => e.Change)];
        _logs[region].RemoveRange(kept, _logs[region].Count - kept);
        History.Lose(lost.Contains);
        Regions[region] = state;
    }

    /// <summary>What a region that was put back does before it writes: its own changes first.</summary>
    public void TakeBack(int region) => Ship(region, region);

    private void Append(int region, LogEntry entry)
    {
        _logs[region].Add(entry);
        Regions[region].Positions[0][region] = _logs[region].Count;
    }
}
