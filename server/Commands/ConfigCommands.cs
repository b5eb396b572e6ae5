using System.Text;
using MultiCloudKv.Resp;

namespace MultiCloudKv.Server.Commands;

/// <summary>CONFIG GET, SET and RESETSTAT over <see cref="ConfigOptions"/>.</summary>
internal static class ConfigCommands
{
    public static IEnumerable<(string Name, CommandHandler Handler)> Handlers =>
    [
        ("config|get", Get),
        ("config|help", HelpText.Write),
        ("config|resetstat", ResetStat),
        ("config|set", Set),
    ];

    private static void Get(CommandContext ctx)
    {
        var found = new List<ConfigOption>();
        foreach (ConfigOption option in ConfigOptions.All)
        {
            byte[] name = Encoding.ASCII.GetBytes(option.Name);
            for (int i = 2; i < ctx.Args.Count; i++)
            {
                if (!GlobPattern.IsMatch(ctx.Args[i], name, ignoreCase: true))
                    continue;
                found.Add(option);
                break;
            }
        }

        ctx.Reply.MapHeader(found.Count);
        foreach (ConfigOption option in found)
        {
            ctx.Reply.Bulk(option.Name);
            ctx.Reply.Bulk(option.Get(ctx.Services));
        }
    }

    /// <summary>All or nothing: what was set before one that fails is set back. What can't change takes the value it has.</summary>
    private static void Set(CommandContext ctx)
    {
        if (ctx.Args.Count % 2 != 0)
        {
            ctx.WrongArity();
            return;
        }

        var changes = new List<(ConfigOption Option, string Before, string After)>();
        for (int i = 2; i < ctx.Args.Count; i += 2)
        {
            string name = Encoding.Latin1.GetString(ctx.Args[i]);
            ConfigOption? option = ConfigOptions.All.FirstOrDefault(o => o.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
            if (option is null)
            {
                ctx.Reply.Error($"ERR Unknown option or number of arguments for CONFIG SET - '{name}'");
                return;
            }

            string before = option.Get(ctx.Services);
            string after = Encoding.UTF8.GetString(ctx.Args[i + 1]);
            string? refusal = option.Set is null && before != after ? "can't set immutable config"
                : changes.Exists(c => c.Option == option) ? "duplicate parameter"
                : null;
            if (refusal is not null)
            {
                Refuse(ctx, name, refusal);
                return;
            }

            changes.Add((option, before, after));
        }

        for (int i = 0; i < changes.Count; i++)
        {
            string? reason = changes[i].Option.Set?.Invoke(ctx.Services, changes[i].After);
            if (reason is null)
                continue;
            for (int undo = 0; undo < i; undo++)
                changes[undo].Option.Set?.Invoke(ctx.Services, changes[undo].Before);
            Refuse(ctx, changes[i].Option.Name, reason);
            return;
        }

        ctx.Reply.Ok();
    }

    private static void Refuse(CommandContext ctx, string name, string reason) =>
        ctx.Reply.Error($"ERR CONFIG SET failed (possibly related to argument '{name}') - {reason}");

    private static void ResetStat(CommandContext ctx)
    {
        ctx.Services.Statistics.Reset();
        ctx.Services.Clients.ResetStatistics();
        ctx.Reply.Ok();
    }
}
