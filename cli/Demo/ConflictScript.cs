using System.Globalization;
using MultiCloudKv.Cli.Remote;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Cli.Demo;

/// <summary>
/// Deliberate conflicts: pairs of commands given to the two regions while the links between them are paused, so that
/// neither can have seen the other, and what everybody must read once they have merged.
/// </summary>
internal sealed class ConflictScript
{
    private const int Each = 50;

    private readonly List<Pair> _pairs = [];

    public ConflictScript()
    {
        for (int number = 0; number < Each; number++)
        {
            string text = number.ToString(CultureInfo.InvariantCulture);
            Add($"shared:set-set:{text}", null, ["SET", "", "east " + text], ["SET", "", "west " + text], siblings: true, "GET");
            Add($"shared:set-incr:{text}", ["SET", "", "1"], ["SET", "", "100"], ["INCR", ""], siblings: false, "GET", "101");
            Add($"shared:incr-incr:{text}", ["SET", "", "10"], ["INCRBY", "", text], ["INCRBY", "", "1000"], siblings: false, "GET", (1010 + number).ToString(CultureInfo.InvariantCulture));
            Add($"shared:del-incr:{text}", ["INCRBY", "", "5"], ["DEL", ""], ["INCR", ""], siblings: false, "GET", "1");
            Add($"shared:del-set:{text}", ["SET", "", "old"], ["DEL", ""], ["SET", "", "new"], siblings: false, "GET", "new");
            Add($"shared:srem-sadd:{text}", ["SADD", "", "m"], ["SREM", "", "m"], ["SADD", "", "m"], siblings: false, "SISMEMBER", "1", "m");
            Add($"shared:hset-hdel:{text}", ["HSET", "", "f", "a"], ["HSET", "", "f", "b"], ["HDEL", "", "f"], siblings: false, "HGET", "b", "f");
            Add($"shared:zadd-zincrby:{text}", ["ZADD", "", "1", "m"], ["ZADD", "", "5", "m"], ["ZINCRBY", "", "2", "m"], siblings: false, "ZSCORE", "7", "m");
            Add($"shared:expire-persist:{text}", ["SET", "", "v", "EX", "9999"], ["EXPIRE", "", "1000"], ["PERSIST", ""], siblings: false, "TTL", "-1");
        }
    }

    public int Pairs => _pairs.Count;

    /// <summary>How many keys must show siblings afterwards.</summary>
    public int Siblings => _pairs.Count(pair => pair.Siblings);

    /// <summary>A key that shows siblings, for the report.</summary>
    public string Example => _pairs.First(pair => pair.Siblings).Key;

    /// <summary>Writes what the pairs start from, in one region; returns the groups written.</summary>
    public int Prepare(RespConnection east)
    {
        int groups = 0;
        foreach (Pair pair in _pairs.Where(pair => pair.Before is not null))
        {
            Write(east, pair.Before!);
            groups++;
        }

        return groups;
    }

    /// <summary>True once the other region has what the pairs start from.</summary>
    public bool IsPrepared(RespConnection west) =>
        _pairs.Where(pair => pair.Before is not null).All(pair => west.Ask("EXISTS", pair.Key).Integer == 1);

    /// <summary>Both sides of every pair, each in its region; each side is one group in its region.</summary>
    public void Collide(RespConnection east, RespConnection west)
    {
        foreach (Pair pair in _pairs)
        {
            Write(east, pair.East);
            Write(west, pair.West);
        }
    }

    /// <summary>What is not as it must be in a region, one line each.</summary>
    public IEnumerable<string> Wrong(string region, RespConnection connection)
    {
        foreach (Pair pair in _pairs)
        {
            if (pair.Expected is { } expected && connection.Ask(pair.Read).Text is var shown && shown != expected)
                yield return $"{region}: {string.Join(' ', pair.Read)} is {shown}, not {expected}";
            int siblings = connection.Ask("CONFLICTS", pair.Key).Items.Count;
            if (siblings != (pair.Siblings ? 2 : 0))
                yield return $"{region}: {pair.Key} shows {siblings} siblings";
        }
    }

    private void Add(string key, string[]? before, string[] east, string[] west, bool siblings, string read, string? expected = null, string? element = null) =>
        _pairs.Add(new Pair(key, before is null ? null : Keyed(before, key), Keyed(east, key), Keyed(west, key), siblings, element is null ? [read, key] : [read, key, element], expected));

    private static string[] Keyed(string[] command, string key) => [command[0], key, .. command[2..]];

    private static void Write(RespConnection connection, string[] command)
    {
        RespValue reply = connection.Ask(command);
        if (reply.IsError)
            throw new EnvironmentException($"{string.Join(' ', command)} was refused: {reply.Text}", ExitCodes.Failed);
    }

    private sealed record Pair(string Key, string[]? Before, string[] East, string[] West, bool Siblings, string[] Read, string? Expected);
}
