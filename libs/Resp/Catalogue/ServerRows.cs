using static MultiCloudKv.Resp.Catalogue.CommandFlags;

namespace MultiCloudKv.Resp.Catalogue;

/// <summary>The server as a whole.</summary>
internal static class ServerRows
{
    private const CommandFlags Anytime = Loading | Stale;
    private const CommandFlags Operator = CommandFlags.Admin | NoScript | Loading | Stale;

    internal static readonly CommandRow[] All =
    [
        new("command", -1, Anytime, KeySpec.None, "server", "2.8.13", "The commands of this server", AclCategories.Connection,
        [
            Command("command|count", 2, "2.8.13", "The number of commands"),
            Command("command|docs", -2, "7.0.0", "Documentation of commands"),
            Command("command|getkeys", -4, "2.8.13", "The keys of a command line"),
            Command("command|help", 2, "5.0.0", "The subcommands"),
            Command("command|info", -2, "2.8.13", "Facts about commands"),
            Command("command|list", -2, "7.0.0", "The names of commands"),
        ]),
        new("config", -2, None, KeySpec.None, "server", "2.0.0", "Settings of this server", AclCategories.None,
        [
            Row("config|get", -3, Operator, "2.0.0", "Effective settings"),
            Row("config|help", 2, Anytime, "5.0.0", "The subcommands"),
            Row("config|resetstat", 2, Operator, "2.0.0", "Puts the counters of INFO back to zero"),
            Row("config|set", -4, Operator, "2.0.0", "Changes settings until the next start"),
        ]),
        new("cluster", -2, None, KeySpec.None, "cluster", "3.0.0", "Hash slots", AclCategories.None,
        [
            new("cluster|help", 2, Anytime, KeySpec.None, "cluster", "5.0.0", "The subcommands"),
            new("cluster|info", 2, Stale, KeySpec.None, "cluster", "3.0.0", "The state of the node's slots"),
            new("cluster|keyslot", 3, Stale, KeySpec.None, "cluster", "3.0.0", "The slot of a key"),
            new("cluster|myid", 2, Stale, KeySpec.None, "cluster", "3.0.0", "The id of the node"),
        ]),
        new("debug", -2, Operator, KeySpec.None, "server", "1.0.0", "Help for tests", AclCategories.None,
        [
            Row("debug|help", 2, Operator, "1.0.0", "The subcommands"),
            Row("debug|set-active-expire", 3, Operator, "1.0.0", "Accepted: expired keys are hidden at once in any case"),
            Row("debug|sleep", 3, Operator | NoMulti, "1.0.0", "Waits before it answers"),
        ]),
        Row("info", -1, Anytime, "1.0.0", "Figures of this server", AclCategories.Dangerous),
        Row("shutdown", -1, Operator | NoMulti | AllowBusy, "1.0.0", "Stops the server"),
        Row("time", 1, Anytime | Fast, "2.6.0", "The server's clock"),
    ];

    private static CommandRow Command(string name, int arity, string since, string summary) =>
        new(name, arity, Anytime, KeySpec.None, "server", since, summary, AclCategories.Connection);

    private static CommandRow Row(string name, int arity, CommandFlags flags, string since, string summary, AclCategories extra = AclCategories.None) =>
        new(name, arity, flags, KeySpec.None, "server", since, summary, extra);
}
