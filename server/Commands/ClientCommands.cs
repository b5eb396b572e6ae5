using System.Globalization;
using System.Text;
using MultiCloudKv.Resp;

namespace MultiCloudKv.Server.Commands;

/// <summary>CLIENT: what connections are called, and which there are. CLIENT KILL is <see cref="ClientKillCommand"/>.</summary>
internal static class ClientCommands
{
    public static IEnumerable<(string Name, CommandHandler Handler)> Handlers =>
    [
        ("client|getname", GetName),
        ("client|help", HelpText.Write),
        ("client|id", static ctx => ctx.Reply.Integer(ctx.Client.Id)),
        ("client|info", Info),
        ("client|kill", ClientKillCommand.Run),
        ("client|list", List),
        ("client|no-evict", static ctx => OnOff(ctx, static (client, on) => client.NoEvict = on)),
        ("client|no-touch", static ctx => OnOff(ctx, static (client, on) => client.NoTouch = on)),
        ("client|reply", Reply),
        ("client|setinfo", SetInfo),
        ("client|setname", SetName),
    ];

    /// <summary>A name of printable characters without blanks; otherwise answers the error.</summary>
    public static bool TryName(CommandContext ctx, ReadOnlySpan<byte> text, out string? name)
    {
        name = null;
        if (text.ContainsAnyExceptInRange((byte)'!', (byte)'~'))
        {
            ctx.Reply.Error("ERR Client names cannot contain spaces, newlines or special characters."u8);
            return false;
        }

        name = Encoding.ASCII.GetString(text);
        return true;
    }

    private static void GetName(CommandContext ctx)
    {
        if (ctx.Client.Name.Length == 0)
            ctx.Reply.Null();
        else
            ctx.Reply.Bulk(ctx.Client.Name);
    }

    private static void SetName(CommandContext ctx)
    {
        if (!TryName(ctx, ctx.Args[2], out string? name))
            return;
        ctx.Client.Name = name!;
        ctx.Reply.Ok();
    }

    private static void SetInfo(CommandContext ctx)
    {
        ArgCursor options = ctx.Options(2);
        bool isName = options.Is("LIB-NAME"u8);
        if (!isName && !options.Is("LIB-VER"u8))
        {
            ctx.Reply.Error($"ERR Unrecognized option '{Encoding.Latin1.GetString(ctx.Args[2])}'");
            return;
        }

        if (ctx.Args[3].ContainsAnyExceptInRange((byte)'!', (byte)'~'))
        {
            ctx.Reply.Error(isName ? "ERR lib-name cannot contain spaces, newlines or special characters."u8 : "ERR lib-ver cannot contain spaces, newlines or special characters."u8);
            return;
        }

        string value = Encoding.ASCII.GetString(ctx.Args[3]);
        if (isName)
            ctx.Client.LibraryName = value;
        else
            ctx.Client.LibraryVersion = value;
        ctx.Reply.Ok();
    }

    private static void Info(CommandContext ctx) =>
        ctx.Reply.Verbatim("txt"u8, Encoding.Latin1.GetBytes(ctx.Client.Describe(ctx.Services.Engine.Clock.WallMs) + "\n"));

    /// <summary>CLIENT LIST [TYPE type] [ID id …]</summary>
    private static void List(CommandContext ctx)
    {
        List<ClientState> clients = ctx.Services.Clients.Snapshot();
        ArgCursor options = ctx.Options(2);
        if (options.Remaining == 2 && options.Take("TYPE"u8))
        {
            if (!TryClientType(ctx, options.Next(), out bool isNormal))
                return;
            if (!isNormal)
                clients.Clear();
        }
        else if (options.Remaining > 1 && options.Take("ID"u8))
        {
            var wanted = new HashSet<long>();
            while (options.TryNext(out ReadOnlySpan<byte> id))
            {
                if (!RespNumbers.TryParseInt64(id, out long value) || value <= 0)
                {
                    ctx.Reply.Error("ERR Invalid client ID"u8);
                    return;
                }

                wanted.Add(value);
            }

            clients.RemoveAll(client => !wanted.Contains(client.Id));
        }
        else if (!options.AtEnd)
        {
            ctx.SyntaxError();
            return;
        }

        long now = ctx.Services.Engine.Clock.WallMs;
        var text = new StringBuilder();
        foreach (ClientState client in clients)
            text.Append(CultureInfo.InvariantCulture, $"{client.Describe(now)}\n");
        ctx.Reply.Verbatim("txt"u8, Encoding.Latin1.GetBytes(text.ToString()));
    }

    /// <summary>Only ordinary clients connect here; the other types are known and empty.</summary>
    public static bool TryClientType(CommandContext ctx, ReadOnlySpan<byte> type, out bool isNormal)
    {
        isNormal = ArgCursor.EqualsWord(type, "NORMAL"u8);
        if (isNormal || ArgCursor.EqualsWord(type, "MASTER"u8) || ArgCursor.EqualsWord(type, "SLAVE"u8)
            || ArgCursor.EqualsWord(type, "REPLICA"u8) || ArgCursor.EqualsWord(type, "PUBSUB"u8))
            return true;
        ctx.Reply.Error($"ERR Unknown client type '{Encoding.Latin1.GetString(type)}'");
        return false;
    }

    private static void OnOff(CommandContext ctx, Action<ClientState, bool> set)
    {
        ArgCursor options = ctx.Options(2);
        bool on = options.Take("ON"u8);
        if (!on && !options.Take("OFF"u8))
        {
            ctx.SyntaxError();
            return;
        }

        set(ctx.Client, on);
        ctx.Reply.Ok();
    }

    private static void Reply(CommandContext ctx)
    {
        ArgCursor options = ctx.Options(2);
        if (options.Take("ON"u8))
        {
            ctx.Client.ReplyMode = ReplyMode.On;
            ctx.Reply.Ok();
        }
        else if (options.Take("OFF"u8))
        {
            ctx.Client.ReplyMode = ReplyMode.Off;
        }
        else if (options.Take("SKIP"u8))
        {
            if (ctx.Client.ReplyMode != ReplyMode.Off)
                ctx.Client.ReplyMode = ReplyMode.SkipNext;
        }
        else
        {
            ctx.SyntaxError();
        }
    }
}
