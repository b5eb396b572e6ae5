using MultiCloudKv.Merge.Transactions;

namespace MultiCloudKv.Server.Keyspace;

/// <summary>
/// Members of a sorted set between two bounds: places counted from either end, scores, or names. Each is one seek and a walk;
/// places cost the walk to the first of them, from the nearer end. A range of names is read in the order of names, which is
/// Redis's order where all scores are equal, the only case in which the command means anything.
/// </summary>
internal ref struct SortedSetRange
{
    public RangeKind Kind { get; set; }

    /// <summary>Falling: from the highest score, or name, down.</summary>
    public bool Reverse { get; set; }

    /// <summary>First and last place; negative: counted from the other end.</summary>
    public long Start { get; set; }

    public long End { get; set; }

    public ScoreRange Scores { get; set; }

    public NameRange Names { get; set; }

    /// <summary>Members to pass over; negative: all of them.</summary>
    public long Offset { get; set; }

    /// <summary>Members to answer; negative: all.</summary>
    public long Limit { get; set; } = -1;

    public SortedSetRange()
    {
    }

    /// <summary>Copies the members in range, in the order asked for.</summary>
    public readonly void Read(KeyView key, ElementBuffer into)
    {
        switch (Kind)
        {
            case RangeKind.Places:
                ReadPlaces(key, into);
                break;
            case RangeKind.Scores when !Scores.IsEmpty && Offset >= 0:
                ReadScores(key, into);
                break;
            case RangeKind.Names when !Names.IsEmpty && Offset >= 0:
                ReadNames(key, into);
                break;
        }
    }

    /// <summary>Counts the members in range without copying them. For scores and names.</summary>
    public readonly long CountIn(KeyView key)
    {
        long count = 0;
        if (Kind == RangeKind.Scores && !Scores.IsEmpty)
        {
            using ElementCursor byScore = key.ScanScores(Scores.Min, Scores.Max);
            while (byScore.MoveNext())
                count += Scores.Contains(byScore.Score) ? 1 : 0;
        }
        else if (Kind == RangeKind.Names && !Names.IsEmpty)
        {
            using ElementCursor byName = key.Scan(Names.Low);
            while (byName.MoveNext() && !Names.IsAbove(byName.Element))
                count += Names.IsBelow(byName.Element) ? 0 : 1;
        }

        return count;
    }

    private readonly void ReadPlaces(KeyView key, ElementBuffer into)
    {
        long count = key.Count;
        long start = Math.Max(Start < 0 ? count + Start : Start, 0);
        long end = Math.Min(End < 0 ? count + End : End, count - 1);
        if (start > end)
            return;
        bool fromOtherEnd = count - 1 - end < start;
        long skip = fromOtherEnd ? count - 1 - end : start;
        long left = end - start + 1;
        using ElementCursor cursor = key.ScanScores(reverse: Reverse != fromOtherEnd);
        while (left > 0 && cursor.MoveNext())
        {
            if (skip-- > 0)
                continue;
            into.Add(cursor.Element, cursor.Score);
            left--;
        }

        if (fromOtherEnd)
            into.Reverse();
    }

    private readonly void ReadScores(KeyView key, ElementBuffer into)
    {
        long skip = Offset;
        long left = Limit < 0 ? long.MaxValue : Limit;
        using ElementCursor cursor = key.ScanScores(Scores.Min, Scores.Max, Reverse);
        while (left > 0 && cursor.MoveNext())
        {
            if (!Scores.Contains(cursor.Score) || skip-- > 0)
                continue;
            into.Add(cursor.Element, cursor.Score);
            left--;
        }
    }

    private readonly void ReadNames(KeyView key, ElementBuffer into)
    {
        long skip = Offset;
        long left = Limit < 0 ? long.MaxValue : Limit;

        // An empty name can't be told from "from the end" when going down, and nothing but itself is at or below it.
        bool down = Reverse && !(Names.HasHigh && Names.High.IsEmpty);
        using ElementCursor cursor = key.Scan(down ? Names.High : Names.Low, down);
        while (left > 0 && cursor.MoveNext())
        {
            if (down ? Names.IsBelow(cursor.Element) : Names.IsAbove(cursor.Element))
                return;
            if (Names.IsBelow(cursor.Element) || Names.IsAbove(cursor.Element) || skip-- > 0)
                continue;
            into.Add(cursor.Element, cursor.Score);
            left--;
        }
    }
}
