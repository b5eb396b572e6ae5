using static MultiCloudKv.Resp.Catalogue.CommandFlags;

namespace MultiCloudKv.Resp.Catalogue;

/// <summary>Transactions, and waiting for other regions.</summary>
internal static class TransactionRows
{
    internal static readonly CommandRow[] All =
    [
        Row("multi", 1, NoScript | Loading | Stale | Fast | AllowBusy, KeySpec.None, "1.2.0", "Begins a transaction"),
        Row("exec", 1, NoScript | Loading | Stale | SkipSlowLog, KeySpec.None, "1.2.0", "Runs the commands of a transaction"),
        Row("discard", 1, NoScript | Loading | Stale | Fast | AllowBusy, KeySpec.None, "2.0.0", "Drops the commands of a transaction"),
        Row("watch", -2, NoScript | Loading | Stale | Fast | AllowBusy, KeySpec.All, "2.2.0", "Lets the next transaction run only if the keys stay unchanged"),
        Row("unwatch", 1, NoScript | Loading | Stale | Fast | AllowBusy, KeySpec.None, "2.2.0", "Forgets the watched keys"),
        new("waitregions", 3, NoScript | Blocking | NoMulti, KeySpec.None, "generic", "7.0.0", "Waits until other regions have applied this connection's last write"),
    ];

    private static CommandRow Row(string name, int arity, CommandFlags flags, KeySpec keys, string since, string summary) =>
        new(name, arity, flags, keys, "transactions", since, summary);
}
