using System.Text;

namespace MultiCloudKv.Resp.Catalogue;

/// <summary>
/// One row per command: every fact about it stands here and nowhere else. Parser, dispatcher, COMMAND, ACL, proxy and
/// tests read the row; a handler is bound to it by <see cref="Name"/>.
/// </summary>
/// <remarks>Immutable. A container (CLIENT, CONFIG) has rows of its own as <see cref="Subcommands"/>, named "client|id".</remarks>
public sealed class CommandRow
{
    /// <param name="arity">Number of arguments with the name; negative: at least that many.</param>
    public CommandRow(
        string name, int arity, CommandFlags flags, KeySpec keys, string group, string since, string summary, AclCategories categories = AclCategories.None, CommandRow[]? subcommands = null)
    {
        Name = name;
        NameBytes = Encoding.ASCII.GetBytes(name);
        Arity = arity;
        Flags = flags;
        Keys = keys;
        Group = group;
        Since = since;
        Summary = summary;
        Subcommands = subcommands ?? [];
        Categories = categories | Implied(flags, group);
    }

    public string Name { get; }

    /// <summary><see cref="Name"/> in ASCII, lower case.</summary>
    public byte[] NameBytes { get; }

    /// <summary>What follows the bar in a subcommand's name.</summary>
    public ReadOnlySpan<byte> ShortName => NameBytes.AsSpan(NameBytes.AsSpan().IndexOf((byte)'|') + 1);

    public int Arity { get; }

    public CommandFlags Flags { get; }

    public KeySpec Keys { get; }

    public string Group { get; }

    public string Since { get; }

    public string Summary { get; }

    public AclCategories Categories { get; }

    public IReadOnlyList<CommandRow> Subcommands { get; }

    public bool IsContainer => Subcommands.Count > 0;

    /// <summary>Position in <see cref="CommandCatalogue.All"/>; the index of per-command tables.</summary>
    public int Id { get; internal set; } = -1;

    public bool Is(CommandFlags flag) => (Flags & flag) != 0;

    public bool Accepts(int argumentCount) => Arity >= 0 ? argumentCount == Arity : argumentCount >= -Arity;

    private static AclCategories Implied(CommandFlags flags, string group)
    {
        AclCategories implied = (flags & CommandFlags.Fast) != 0 ? AclCategories.Fast : AclCategories.Slow;
        if ((flags & CommandFlags.Write) != 0)
            implied |= AclCategories.Write;
        if ((flags & CommandFlags.ReadOnly) != 0)
            implied |= AclCategories.Read;
        if ((flags & CommandFlags.Admin) != 0)
            implied |= AclCategories.Admin | AclCategories.Dangerous;
        if ((flags & CommandFlags.Blocking) != 0)
            implied |= AclCategories.Blocking;
        return implied | group switch
        {
            "string" => AclCategories.String,
            "hash" => AclCategories.Hash,
            "set" => AclCategories.Set,
            "sorted-set" => AclCategories.SortedSet,
            "generic" => AclCategories.Keyspace,
            "connection" => AclCategories.Connection,
            "transactions" => AclCategories.Transaction,
            _ => AclCategories.None,
        };
    }
}
