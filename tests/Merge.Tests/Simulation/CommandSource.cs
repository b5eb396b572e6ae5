namespace MultiCloudKv.Merge.Tests.Simulation;

/// <summary>Draws commands: all the writing ones of strings, counters, hashes, sets, sorted sets, keys and expiry.</summary>
internal sealed class CommandSource(Prng random, Place place)
{
    private const long Never = long.MaxValue;

    public Command Draw(long time)
    {
        string key = random.Pick<string>([.. place.Keys]);
        string element = random.Pick("a", "b", "c");
        long soon = time + random.Between(1, 12);
        int amount = random.Pick(-3, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        decimal fraction = random.Between(1, 9) * 0.25m;
        int prefer = random.Below(100);
        return random.Below(100) switch
        {
            < 11 => Set(key, random.Pick(Never, soon)),
            < 15 => Append(key),
            < 26 => t => t.Increment(key, amount),
            < 29 => t => t.Increment(key, fraction),
            < 36 => HashSet(key, element),
            < 42 => t => t.HashIncrement(key, element, amount),
            < 44 => t => t.HashIncrement(key, element, fraction),
            < 50 => t => t.SetAdd(key, element),
            < 56 => ScoreAdd(key, element),
            < 61 => t => t.ScoreIncrement(key, element, fraction),
            < 74 => t => t.RemoveElement(key, element, prefer),
            < 81 => t => t.RemoveKey(key),
            < 93 => t => t.Expire(key, prefer < 33 ? Never : soon),
            < 95 => t => t.Expire(key, time - 5),
            < 98 => Move(key, prefer),
            _ => t => t.ClearSlot(Place.SlotOf(key)),
        };
    }

    private Command Set(string key, long expiry)
    {
        string value = random.Pick("0", "1000", "2000", "3000", "2.5", "text");
        return t => t.Set(key, value, expiry);
    }

    private Command Append(string key)
    {
        string tail = random.Pick("+", "7");
        return t => t.Append(key, tail);
    }

    private Command HashSet(string key, string element)
    {
        string value = random.Pick("x", "y", "5");
        return t => t.HashWrite(key, element, value);
    }

    private Command ScoreAdd(string key, string element)
    {
        decimal score = random.Between(-4, 4) * 0.5m;
        return t => t.ScoreWrite(key, element, score);
    }

    private Command Move(string key, int prefer)
    {
        string target = random.Pick<string>([.. place.Keys]);
        return t => t.Copy(key, target, remove: prefer < 50);
    }
}
