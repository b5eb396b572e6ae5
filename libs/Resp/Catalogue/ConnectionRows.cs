using static MultiCloudKv.Resp.Catalogue.CommandFlags;

namespace MultiCloudKv.Resp.Catalogue;

/// <summary>The connection itself.</summary>
internal static class ConnectionRows
{
    internal static readonly CommandRow[] All =
    [
        Row("auth", -2, NoScript | Loading | Stale | Fast | NoAuth | AllowBusy, "1.0.0", "Shows the password"),
        Row("hello", -1, NoScript | Loading | Stale | Fast | NoAuth | AllowBusy, "6.0.0", "Chooses the protocol, optionally with password and name"),
        Row("ping", -1, Fast | Loading | Stale, "1.0.0", "Answers PONG or the argument"),
        Row("echo", 2, Loading | Stale | Fast, "1.0.0", "Answers the argument"),
        Row("select", 2, Loading | Stale | Fast, "1.0.0", "Chooses the database"),
        Row("quit", -1, NoScript | Loading | Stale | Fast | NoAuth | AllowBusy, "1.0.0", "Closes the connection"),
        Row("reset", 1, NoScript | Loading | Stale | Fast | NoAuth | AllowBusy, "6.2.0", "Puts the connection back to how it began"),
        new("client", -2, None, KeySpec.None, "connection", "2.4.0", "Connections of clients", AclCategories.None,
        [
            Row("client|getname", 2, NoScript | Loading | Stale, "2.6.9", "The name of this connection"),
            Row("client|help", 2, Loading | Stale, "5.0.0", "The subcommands"),
            Row("client|id", 2, NoScript | Loading | Stale, "5.0.0", "The number of this connection"),
            Row("client|info", 2, NoScript | Loading | Stale, "6.2.0", "What is known about this connection"),
            Row("client|kill", -3, Admin | NoScript | Loading | Stale, "2.4.0", "Closes connections"),
            Row("client|list", -2, Admin | NoScript | Loading | Stale, "2.4.0", "All connections"),
            Row("client|no-evict", 3, Admin | NoScript | Loading | Stale, "7.0.0", "Accepted: connections are not evicted"),
            Row("client|no-touch", 3, NoScript | Loading | Stale, "7.2.0", "Whether reads count as use of a key"),
            Row("client|reply", 3, NoScript | Loading | Stale, "3.2.0", "Turns replies on or off"),
            Row("client|setinfo", 4, NoScript | Loading | Stale, "7.2.0", "Name or version of the client's library"),
            Row("client|setname", 3, NoScript | Loading | Stale, "2.6.9", "Names this connection"),
        ]),
    ];

    private static CommandRow Row(string name, int arity, CommandFlags flags, string since, string summary) =>
        new(name, arity, flags, KeySpec.None, "connection", since, summary);
}
