using static MultiCloudKv.Resp.Catalogue.CommandFlags;

namespace MultiCloudKv.Resp.Catalogue;

/// <summary>Sets.</summary>
internal static class SetRows
{
    internal static readonly CommandRow[] All =
    [
        Row("sadd", -3, Write | DenyOom | Fast, KeySpec.One, "1.0.0", "Adds members to a set"),
        Row("srem", -3, Write | Fast, KeySpec.One, "1.0.0", "Removes members from a set"),
        Row("sismember", 3, ReadOnly | Fast, KeySpec.One, "1.0.0", "Whether a member is in a set"),
        Row("smismember", -3, ReadOnly | Fast, KeySpec.One, "6.2.0", "Which members are in a set"),
        Row("scard", 2, ReadOnly | Fast, KeySpec.One, "1.0.0", "The number of members"),
        Row("smembers", 2, ReadOnly, KeySpec.One, "1.0.0", "All members"),
        Row("spop", -2, Write | Fast, KeySpec.One, "1.0.0", "Takes any members out of a set"),
        Row("srandmember", -2, ReadOnly, KeySpec.One, "1.0.0", "Any members"),
        Row("smove", 4, Write | Fast, KeySpec.Two, "1.0.0", "Moves a member to another set"),
        Row("sscan", -3, ReadOnly, KeySpec.One, "2.8.0", "Goes through the members, some at a time"),
    ];

    private static CommandRow Row(string name, int arity, CommandFlags flags, KeySpec keys, string since, string summary) =>
        new(name, arity, flags, keys, "set", since, summary);
}
