namespace MultiCloudKv.Server.Keyspace;

/// <summary>A range of member names in byte order: "[a" takes a in, "(a" leaves it out, "-" and "+" stand for no bound.</summary>
internal readonly ref struct NameRange
{
    private readonly NameBound _min;
    private readonly NameBound _max;

    private NameRange(NameBound min, NameBound max)
    {
        _min = min;
        _max = max;
    }

    /// <summary>Nothing lies between the bounds, whatever the members are.</summary>
    public bool IsEmpty
    {
        get
        {
            if (_min.IsAbove || _max.IsBelow)
                return true;
            if (_min.IsBelow || _max.IsAbove)
                return false;
            int order = _min.Name.SequenceCompareTo(_max.Name);
            return order > 0 || (order == 0 && (_min.IsExclusive || _max.IsExclusive));
        }
    }

    /// <summary>Where to begin going up; empty: at the first member.</summary>
    public ReadOnlySpan<byte> Low => _min.Name;

    /// <summary>Where to begin going down, unless <see cref="HasHigh"/> is false.</summary>
    public ReadOnlySpan<byte> High => _max.Name;

    public bool HasHigh => !_max.IsAbove;

    public bool IsBelow(ReadOnlySpan<byte> name)
    {
        if (_min.IsBelow)
            return false;
        int order = name.SequenceCompareTo(_min.Name);
        return order < 0 || (order == 0 && _min.IsExclusive);
    }

    public bool IsAbove(ReadOnlySpan<byte> name)
    {
        if (_max.IsAbove)
            return false;
        int order = name.SequenceCompareTo(_max.Name);
        return order > 0 || (order == 0 && _max.IsExclusive);
    }

    public static bool TryParse(ReadOnlySpan<byte> min, ReadOnlySpan<byte> max, out NameRange range)
    {
        bool read = NameBound.TryParse(min, out NameBound low) & NameBound.TryParse(max, out NameBound high);
        range = new NameRange(low, high);
        return read;
    }
}
