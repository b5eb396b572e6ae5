using static MultiCloudKv.Resp.Catalogue.CommandFlags;

namespace MultiCloudKv.Resp.Catalogue;

/// <summary>Sorted sets.</summary>
internal static class SortedSetRows
{
    internal static readonly CommandRow[] All =
    [
        Row("zadd", -4, Write | DenyOom | Fast, "1.2.0", "Adds members or sets their scores"),
        Row("zincrby", 4, Write | DenyOom | Fast, "1.2.0", "Adds a number to a score"),
        Row("zrem", -3, Write | Fast, "1.2.0", "Removes members"),
        Row("zscore", 3, ReadOnly | Fast, "1.2.0", "The score of a member"),
        Row("zmscore", -3, ReadOnly | Fast, "6.2.0", "The scores of several members"),
        Row("zcard", 2, ReadOnly | Fast, "1.2.0", "The number of members"),
        Row("zcount", 4, ReadOnly | Fast, "2.0.0", "The number of members in a range of scores"),
        Row("zlexcount", 4, ReadOnly | Fast, "2.8.9", "The number of members in a range of names"),
        Row("zrank", 3, ReadOnly | Fast, "2.0.0", "The place of a member by rising score"),
        Row("zrevrank", 3, ReadOnly | Fast, "2.0.0", "The place of a member by falling score"),
        Row("zrange", -4, ReadOnly, "1.2.0", "Members in a range of places, scores or names"),
        Row("zrevrange", -4, ReadOnly, "1.2.0", "Members in a range of places, by falling score"),
        Row("zrangebyscore", -4, ReadOnly, "1.0.5", "Members in a range of scores"),
        Row("zrevrangebyscore", -4, ReadOnly, "2.2.0", "Members in a range of scores, falling"),
        Row("zrangebylex", -4, ReadOnly, "2.8.9", "Members in a range of names"),
        Row("zrevrangebylex", -4, ReadOnly, "2.8.9", "Members in a range of names, falling"),
        new("zrangestore", -5, Write | DenyOom, KeySpec.Two, "sorted-set", "6.2.0", "Stores a range of members at another key"),
        Row("zpopmin", -2, Write | Fast, "5.0.0", "Takes out the members with the lowest scores"),
        Row("zpopmax", -2, Write | Fast, "5.0.0", "Takes out the members with the highest scores"),
        Row("zremrangebyrank", 4, Write, "2.0.0", "Removes the members in a range of places"),
        Row("zremrangebyscore", 4, Write, "1.2.0", "Removes the members in a range of scores"),
        Row("zremrangebylex", 4, Write, "2.8.9", "Removes the members in a range of names"),
        Row("zrandmember", -2, ReadOnly, "6.2.0", "Any members"),
        Row("zscan", -3, ReadOnly, "2.8.0", "Goes through members and scores, some at a time"),
    ];

    private static CommandRow Row(string name, int arity, CommandFlags flags, string since, string summary) =>
        new(name, arity, flags, KeySpec.One, "sorted-set", since, summary);
}
