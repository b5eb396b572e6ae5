namespace MultiCloudKv.Load;

/// <summary>From one moment to another, both in nanoseconds of the monotonic clock.</summary>
internal readonly record struct TimeSlice(long From, long To)
{
    public long Length => To - From;

    /// <summary>Every moment that lies in one of them, once: in order and without overlaps.</summary>
    public static IReadOnlyList<TimeSlice> Union(IEnumerable<TimeSlice> slices)
    {
        List<TimeSlice> union = [];
        foreach (TimeSlice slice in slices.OrderBy(slice => slice.From))
        {
            if (union.Count > 0 && slice.From <= union[^1].To)
                union[^1] = new TimeSlice(union[^1].From, Math.Max(union[^1].To, slice.To));
            else
                union.Add(slice);
        }

        return union;
    }

    /// <summary>How much of it is left without <paramref name="others"/>, which have no overlap among themselves; nanoseconds.</summary>
    public long LengthWithout(IReadOnlyList<TimeSlice> others)
    {
        long left = Length;
        foreach (TimeSlice other in others)
            left -= Math.Max(0, Math.Min(To, other.To) - Math.Max(From, other.From));
        return left;
    }
}
