using MultiCloudKv.Resp;
using MultiCloudKv.Resp.Catalogue;

namespace MultiCloudKv.Server.Commands;

/// <summary>COMMAND: the catalogue, as client libraries read it.</summary>
internal static class IntrospectionCommands
{
    public static IEnumerable<(string Name, CommandHandler Handler)> Handlers =>
    [
        ("command", static ctx => CommandRowWriter.WriteAll(ctx.Reply)),
        ("command|count", static ctx => ctx.Reply.Integer(CommandCatalogue.Commands.Count)),
        ("command|docs", Docs),
        ("command|getkeys", GetKeys),
        ("command|help", HelpText.Write),
        ("command|info", Info),
        ("command|list", List),
    ];

    private static void Info(CommandContext ctx)
    {
        if (ctx.Args.Count == 2)
        {
            CommandRowWriter.WriteAll(ctx.Reply);
            return;
        }

        ctx.Reply.ArrayHeader(ctx.Args.Count - 2);
        for (int i = 2; i < ctx.Args.Count; i++)
        {
            if (FindByFullName(ctx.Args[i]) is { } row)
                CommandRowWriter.Write(ctx.Reply, row);
            else
                ctx.Reply.Null();
        }
    }

    private static void Docs(CommandContext ctx)
    {
        var rows = new List<CommandRow>();
        if (ctx.Args.Count == 2)
            rows.AddRange(CommandCatalogue.Commands);
        for (int i = 2; i < ctx.Args.Count; i++)
        {
            if (FindByFullName(ctx.Args[i]) is { } row)
                rows.Add(row);
        }

        ctx.Reply.MapHeader(rows.Count);
        foreach (CommandRow row in rows)
            CommandRowWriter.WriteDocs(ctx.Reply, row);
    }

    private static void GetKeys(CommandContext ctx)
    {
        var line = new ArgumentList();
        line.ShareFrom(ctx.Args, 2);
        CommandRow? row = CommandCatalogue.Find(line[0]);
        if (row is { IsContainer: true })
            row = line.Count > 1 ? CommandCatalogue.FindSubcommand(row, line[1]) : null;
        if (row is null)
        {
            ctx.Reply.Error("ERR Invalid command specified"u8);
        }
        else if (!row.Keys.HasKeys)
        {
            ctx.Reply.Error("ERR The command has no key arguments"u8);
        }
        else if (!row.Accepts(line.Count))
        {
            ctx.Reply.Error("ERR Invalid number of arguments specified for command"u8);
        }
        else if (!row.Keys.TryResolve(line, out int first, out int last, out int step))
        {
            ctx.Reply.Error("ERR Invalid arguments specified for command"u8);
        }
        else
        {
            ctx.Reply.ArrayHeader(((last - first) / step) + 1);
            for (int i = first; i <= last; i += step)
                ctx.Reply.Bulk(line[i]);
        }
    }

    /// <summary>COMMAND LIST [FILTERBY MODULE name | ACLCAT category | PATTERN glob]</summary>
    private static void List(CommandContext ctx)
    {
        Func<CommandRow, bool> wanted = static _ => true;
        ArgCursor options = ctx.Options(2);
        if (!options.AtEnd)
        {
            if (options.Remaining != 3 || !options.Take("FILTERBY"u8))
            {
                ctx.SyntaxError();
                return;
            }

            if (options.Take("PATTERN"u8))
            {
                byte[] pattern = options.Next().ToArray();
                wanted = row => GlobPattern.IsMatch(pattern, row.NameBytes, ignoreCase: true);
            }
            else if (options.Take("ACLCAT"u8))
            {
                AclCategories category = CommandRowWriter.CategoryOf(options.Next());
                wanted = row => (row.Categories & category) != 0;
            }
            else if (options.Take("MODULE"u8))
            {
                wanted = static _ => false;
            }
            else
            {
                ctx.SyntaxError();
                return;
            }
        }

        List<CommandRow> rows = [.. CommandCatalogue.All.Where(wanted)];
        ctx.Reply.ArrayHeader(rows.Count);
        foreach (CommandRow row in rows)
            ctx.Reply.Bulk(row.NameBytes);
    }

    /// <summary>A command, or a subcommand by "container|name".</summary>
    private static CommandRow? FindByFullName(ReadOnlySpan<byte> name)
    {
        int bar = name.IndexOf((byte)'|');
        if (bar < 0)
            return CommandCatalogue.Find(name);
        CommandRow? container = CommandCatalogue.Find(name[..bar]);
        return container is null ? null : CommandCatalogue.FindSubcommand(container, name[(bar + 1)..]);
    }
}
