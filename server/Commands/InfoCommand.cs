using System.Text;
using MultiCloudKv.Resp;

namespace MultiCloudKv.Server.Commands;

/// <summary>INFO [section …]: figures as text, by sections with the names and fields that clients of Redis 7.0 read, and one of our own.</summary>
internal static class InfoCommand
{
    private const string OnlyWhenAsked = "Commandstats";

    public static IEnumerable<(string Name, CommandHandler Handler)> Handlers => [("info", Info)];

    private static void Info(CommandContext ctx)
    {
        bool usual = ctx.Args.Count == 1, all = false;
        var wanted = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (int i = 1; i < ctx.Args.Count; i++)
        {
            string name = Encoding.Latin1.GetString(ctx.Args[i]);
            wanted.Add(name);
            usual |= name.Equals("default", StringComparison.OrdinalIgnoreCase);
            all |= name.Equals("all", StringComparison.OrdinalIgnoreCase) || name.Equals("everything", StringComparison.OrdinalIgnoreCase);
        }

        var text = new StringBuilder();
        foreach ((string name, Action<CommandServices, InfoText> write) in InfoSections.All)
        {
            if (!all && !(usual && name != OnlyWhenAsked) && !wanted.Contains(name))
                continue;
            if (text.Length > 0)
                text.Append("\r\n");
            text.Append("# ").Append(name).Append("\r\n");
            write(ctx.Services, new InfoText(text));
        }

        ctx.Reply.Verbatim("txt"u8, Encoding.UTF8.GetBytes(text.ToString()));
    }
}
