using System.Text;
using MultiCloudKv.Resp;

namespace MultiCloudKv.Server.Commands;

/// <summary>INFO [section …]: figures as text, by sections with the names and fields that clients of Redis 7.0 read, and one of our own.</summary>
internal static class InfoCommand
{
    public static IEnumerable<(string Name, CommandHandler Handler)> Handlers => [("info", Info)];

    private static void Info(CommandContext ctx)
    {
        bool all = ctx.Args.Count == 1;
        var wanted = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (int i = 1; i < ctx.Args.Count; i++)
        {
            string name = Encoding.Latin1.GetString(ctx.Args[i]);
            wanted.Add(name);
            all |= name.Equals("all", StringComparison.OrdinalIgnoreCase) || name.Equals("default", StringComparison.OrdinalIgnoreCase) || name.Equals("everything", StringComparison.OrdinalIgnoreCase);
        }

        var text = new StringBuilder();
        foreach ((string name, Action<CommandServices, InfoText> write) in InfoSections.All)
        {
            if (!all && !wanted.Contains(name))
                continue;
            if (text.Length > 0)
                text.Append("\r\n");
            text.Append("# ").Append(name).Append("\r\n");
            write(ctx.Services, new InfoText(text));
        }

        ctx.Reply.Verbatim("txt"u8, Encoding.UTF8.GetBytes(text.ToString()));
    }
}
