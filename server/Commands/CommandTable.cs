using MultiCloudKv.Foundation;
using MultiCloudKv.Resp.Catalogue;

namespace MultiCloudKv.Server.Commands;

/// <summary>
/// Binds handlers to catalogue rows by name, once, at start. Every row has exactly one handler and every handler a row;
/// a container (CLIENT, CONFIG) has none of its own unless it is bound, for a call without a subcommand.
/// </summary>
/// <remarks>Immutable.</remarks>
internal sealed class CommandTable
{
    private readonly CommandHandler?[] _handlers = new CommandHandler?[CommandCatalogue.All.Count];

    /// <exception cref="InvariantException">Rows and handlers do not match one to one.</exception>
    public CommandTable(params IEnumerable<(string Name, CommandHandler Handler)>[] groups)
    {
        Dictionary<string, CommandRow> rows = CommandCatalogue.All.ToDictionary(row => row.Name, StringComparer.Ordinal);
        var wrong = new List<string>();
        foreach ((string name, CommandHandler handler) in groups.SelectMany(group => group))
        {
            if (!rows.TryGetValue(name, out CommandRow? row))
                wrong.Add($"handler without a row: {name}");
            else if (_handlers[row.Id] is not null)
                wrong.Add($"two handlers: {name}");
            else
                _handlers[row.Id] = handler;
        }

        wrong.AddRange(CommandCatalogue.All.Where(row => _handlers[row.Id] is null && !row.IsContainer).Select(row => $"row without a handler: {row.Name}"));
        if (wrong.Count > 0)
            throw new InvariantException(string.Join("; ", wrong));
    }

    /// <summary>All commands of this server.</summary>
    public static CommandTable Build() => new(
        DataCommands.Handlers,
        TransactionCommands.Handlers,
        ConnectionCommands.Handlers,
        ClientCommands.Handlers,
        IntrospectionCommands.Handlers,
        ConfigCommands.Handlers,
        InfoCommand.Handlers,
        ServerCommands.Handlers);

    /// <summary>The handler of a row; null for a container that needs a subcommand.</summary>
    public CommandHandler? Of(CommandRow row) => _handlers[row.Id];
}
