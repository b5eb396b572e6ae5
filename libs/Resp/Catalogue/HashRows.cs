using static MultiCloudKv.Resp.Catalogue.CommandFlags;

namespace MultiCloudKv.Resp.Catalogue;

/// <summary>Hashes.</summary>
internal static class HashRows
{
    internal static readonly CommandRow[] All =
    [
        Row("hset", -4, Write | DenyOom | Fast, "2.0.0", "Sets fields of a hash"),
        Row("hsetnx", 4, Write | DenyOom | Fast, "2.0.0", "Sets a field of a hash if it does not exist"),
        Row("hget", 3, ReadOnly | Fast, "2.0.0", "The value of a field"),
        Row("hmset", -4, Write | DenyOom | Fast, "2.0.0", "Sets fields of a hash"),
        Row("hmget", -3, ReadOnly | Fast, "2.0.0", "The values of several fields"),
        Row("hincrby", 4, Write | DenyOom | Fast, "2.0.0", "Adds a number to an integer in a field"),
        Row("hincrbyfloat", 4, Write | DenyOom | Fast, "2.6.0", "Adds a number to a decimal number in a field"),
        Row("hdel", -3, Write | Fast, "2.0.0", "Removes fields"),
        Row("hlen", 2, ReadOnly | Fast, "2.0.0", "The number of fields"),
        Row("hstrlen", 3, ReadOnly | Fast, "3.2.0", "The length of the value of a field"),
        Row("hkeys", 2, ReadOnly, "2.0.0", "All fields"),
        Row("hvals", 2, ReadOnly, "2.0.0", "All values"),
        Row("hgetall", 2, ReadOnly, "2.0.0", "All fields and their values"),
        Row("hexists", 3, ReadOnly | Fast, "2.0.0", "Whether a field exists"),
        Row("hrandfield", -2, ReadOnly, "6.2.0", "Any fields"),
        Row("hscan", -3, ReadOnly, "2.8.0", "Goes through the fields, some at a time"),
    ];

    private static CommandRow Row(string name, int arity, CommandFlags flags, string since, string summary) =>
        new(name, arity, flags, KeySpec.One, "hash", since, summary);
}
