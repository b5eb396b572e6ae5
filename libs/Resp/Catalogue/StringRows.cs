using static MultiCloudKv.Resp.Catalogue.CommandFlags;

namespace MultiCloudKv.Resp.Catalogue;

/// <summary>Strings and counters.</summary>
internal static class StringRows
{
    internal static readonly CommandRow[] All =
    [
        Row("append", 3, Write | DenyOom | Fast, KeySpec.One, "2.0.0", "Adds to the end of a string; makes the key if it is absent"),
        Row("decr", 2, Write | DenyOom | Fast, KeySpec.One, "1.0.0", "Takes one from an integer"),
        Row("decrby", 3, Write | DenyOom | Fast, KeySpec.One, "1.0.0", "Takes a number from an integer"),
        Row("get", 2, ReadOnly | Fast, KeySpec.One, "1.0.0", "The string at a key"),
        Row("getdel", 2, Write | Fast, KeySpec.One, "6.2.0", "The string at a key, which is removed"),
        Row("getex", -2, Write | Fast, KeySpec.One, "6.2.0", "The string at a key, whose expiry may be set or removed"),
        Row("getrange", 4, ReadOnly, KeySpec.One, "2.4.0", "A part of the string at a key"),
        Row("getset", 3, Write | DenyOom | Fast, KeySpec.One, "1.0.0", "Sets a string and answers the one before"),
        Row("incr", 2, Write | DenyOom | Fast, KeySpec.One, "1.0.0", "Adds one to an integer"),
        Row("incrby", 3, Write | DenyOom | Fast, KeySpec.One, "1.0.0", "Adds a number to an integer"),
        Row("incrbyfloat", 3, Write | DenyOom | Fast, KeySpec.One, "2.6.0", "Adds a number to a decimal number"),
        Row("lcs", -3, ReadOnly, KeySpec.Two, "7.0.0", "The longest common subsequence of two strings"),
        Row("mget", -2, ReadOnly | Fast, KeySpec.All, "1.0.0", "The strings at several keys"),
        Row("mset", -3, Write | DenyOom, KeySpec.Pairs, "1.0.1", "Sets several keys"),
        Row("msetnx", -3, Write | DenyOom, KeySpec.Pairs, "1.0.1", "Sets several keys if none of them exists"),
        Row("psetex", 4, Write | DenyOom, KeySpec.One, "2.6.0", "Sets a string that expires after milliseconds"),
        Row("set", -3, Write | DenyOom, KeySpec.One, "1.0.0", "Sets the string at a key"),
        Row("setex", 4, Write | DenyOom, KeySpec.One, "2.0.0", "Sets a string that expires after seconds"),
        Row("setnx", 3, Write | DenyOom | Fast, KeySpec.One, "1.0.0", "Sets a string if the key does not exist"),
        Row("setrange", 4, Write | DenyOom, KeySpec.One, "2.2.0", "Overwrites a part of a string"),
        Row("strlen", 2, ReadOnly | Fast, KeySpec.One, "2.2.0", "The length of the string at a key"),
        Row("substr", 4, ReadOnly, KeySpec.One, "1.0.0", "A part of the string at a key (old name of GETRANGE)"),
    ];

    private static CommandRow Row(string name, int arity, CommandFlags flags, KeySpec keys, string since, string summary) =>
        new(name, arity, flags, keys, "string", since, summary);
}
