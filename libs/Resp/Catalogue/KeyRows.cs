using static MultiCloudKv.Resp.Catalogue.CommandFlags;

namespace MultiCloudKv.Resp.Catalogue;

/// <summary>Keys of any type: existence, names, expiry, the keyspace as a whole, and what merging left at a key.</summary>
internal static class KeyRows
{
    private const AclCategories Keyspace = AclCategories.Keyspace;
    private const AclCategories Dangerous = AclCategories.Keyspace | AclCategories.Dangerous;

    internal static readonly CommandRow[] All =
    [
        Row("del", -2, Write, KeySpec.All, "1.0.0", "Removes keys"),
        Row("unlink", -2, Write | Fast, KeySpec.All, "4.0.0", "Removes keys"),
        Row("exists", -2, ReadOnly | Fast, KeySpec.All, "1.0.0", "How many of the keys exist"),
        Row("type", 2, ReadOnly | Fast, KeySpec.One, "1.0.0", "The type of the value at a key"),
        Row("touch", -2, ReadOnly | Fast, KeySpec.All, "3.2.1", "How many of the keys exist, counted as used now"),
        Row("rename", 3, Write, KeySpec.Two, "1.0.0", "Renames a key"),
        Row("renamenx", 3, Write | Fast, KeySpec.Two, "1.0.0", "Renames a key if the new name does not exist"),
        Row("copy", -3, Write | DenyOom, KeySpec.Two, "6.2.0", "Copies a key"),
        Row("randomkey", 1, ReadOnly | EntersItself, KeySpec.None, "1.0.0", "Any key"),
        Row("keys", 2, ReadOnly | EntersItself, KeySpec.None, "1.0.0", "All keys whose name matches a pattern", Dangerous),
        Row("scan", -2, ReadOnly | EntersItself, KeySpec.None, "2.8.0", "Goes through the keys, some at a time"),
        Row("expire", -3, Write | Fast, KeySpec.One, "1.0.0", "Lets a key expire after seconds"),
        Row("expireat", -3, Write | Fast, KeySpec.One, "1.2.0", "Lets a key expire at a Unix time in seconds"),
        Row("pexpire", -3, Write | Fast, KeySpec.One, "2.6.0", "Lets a key expire after milliseconds"),
        Row("pexpireat", -3, Write | Fast, KeySpec.One, "2.6.0", "Lets a key expire at a Unix time in milliseconds"),
        Row("expiretime", 2, ReadOnly | Fast, KeySpec.One, "7.0.0", "The Unix time in seconds at which a key expires"),
        Row("pexpiretime", 2, ReadOnly | Fast, KeySpec.One, "7.0.0", "The Unix time in milliseconds at which a key expires"),
        Row("ttl", 2, ReadOnly | Fast, KeySpec.One, "1.0.0", "The seconds until a key expires"),
        Row("pttl", 2, ReadOnly | Fast, KeySpec.One, "2.6.0", "The milliseconds until a key expires"),
        Row("persist", 2, Write | Fast, KeySpec.One, "2.2.0", "Takes the expiry from a key"),
        new("object", -2, None, KeySpec.None, "generic", "2.2.3", "What is known about the object at a key", AclCategories.None,
        [
            Row("object|encoding", 3, ReadOnly, KeySpec.Second, "2.2.3", "How a value would be encoded in Redis"),
            Row("object|freq", 3, ReadOnly, KeySpec.Second, "4.0.0", "How often a key is used"),
            Row("object|help", 2, Loading | Stale, KeySpec.None, "6.2.0", "The subcommands"),
            Row("object|idletime", 3, ReadOnly, KeySpec.Second, "2.2.3", "The seconds since a key was used"),
            Row("object|refcount", 3, ReadOnly, KeySpec.Second, "2.2.3", "The number of references to a value"),
        ]),
        new("memory", -2, None, KeySpec.None, "server", "4.0.0", "Memory that keys take", AclCategories.None,
        [
            new("memory|help", 2, Loading | Stale, KeySpec.None, "server", "4.0.0", "The subcommands"),
            new("memory|usage", -3, ReadOnly, KeySpec.Second, "server", "4.0.0", "The bytes that a key takes, estimated", Keyspace),
        ]),
        new("dbsize", 1, ReadOnly | Fast | EntersItself, KeySpec.None, "server", "1.0.0", "The number of keys", Keyspace),
        new("flushall", -1, Write | WholeKeyspace, KeySpec.None, "server", "1.0.0", "Removes all keys", Dangerous),
        new("flushdb", -1, Write | WholeKeyspace, KeySpec.None, "server", "1.0.0", "Removes all keys of the database", Dangerous),
        Row("move", 3, Write | Fast, KeySpec.One, "1.0.0", "Moves a key to another database"),
        new("swapdb", 3, Write | Fast, KeySpec.None, "server", "4.0.0", "Swaps two databases", Dangerous),
        Row("conflicts", 2, ReadOnly, KeySpec.One, "7.0.0", "The concurrent writes that are kept at a key"),
    ];

    private static CommandRow Row(string name, int arity, CommandFlags flags, KeySpec keys, string since, string summary, AclCategories extra = AclCategories.None) =>
        new(name, arity, flags, keys, "generic", since, summary, extra);
}
