using System.Text;
using MultiCloudKv.Resp;

namespace MultiCloudKv.Server.Commands;

/// <summary>AUTH, HELLO, PING, ECHO, SELECT, QUIT, RESET.</summary>
internal static class ConnectionCommands
{
    public static IEnumerable<(string Name, CommandHandler Handler)> Handlers =>
    [
        ("auth", Auth),
        ("hello", Hello),
        ("ping", Ping),
        ("echo", Echo),
        ("select", Select),
        ("quit", Quit),
        ("reset", Reset),
    ];

    /// <summary>The version whose behaviour is kept to: client libraries decide by it what to use.</summary>
    public static string RedisVersion => "7.0.15";

    private static void Auth(CommandContext ctx)
    {
        if (ctx.Args.Count > 3)
        {
            ctx.SyntaxError();
            return;
        }

        if (ctx.Args.Count == 2 && ctx.Services.Settings.Password is null)
        {
            ctx.Reply.Error(RespErrors.NoPasswordSet);
            return;
        }

        ReadOnlySpan<byte> user = ctx.Args.Count == 3 ? ctx.Args[1] : "default"u8;
        if (Passwords.TryAuthenticate(ctx, user, ctx.Args[ctx.Args.Count - 1]))
            ctx.Reply.Ok();
    }

    /// <summary>HELLO [version [AUTH user password] [SETNAME name]]</summary>
    private static void Hello(CommandContext ctx)
    {
        int protocol = ctx.Client.Protocol;
        string? name = null;
        if (ctx.Args.Count > 1)
        {
            if (!RespNumbers.TryParseInt64(ctx.Args[1], out long version))
            {
                ctx.Reply.Error("ERR Protocol version is not an integer or out of range"u8);
                return;
            }

            if (version is not (2 or 3))
            {
                ctx.Reply.Error(RespErrors.NoProto);
                return;
            }

            protocol = (int)version;
            if (!TryHelloOptions(ctx, out name))
                return;
        }

        if (!ctx.Client.Authenticated && ctx.Services.Settings.Password is not null)
        {
            ctx.Reply.Error(
                "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time"u8);
            return;
        }

        if (name is not null)
            ctx.Client.Name = name;
        ctx.Client.Protocol = protocol;
        ctx.Reply.Protocol = protocol;
        WriteHello(ctx, protocol);
    }

    private static bool TryHelloOptions(CommandContext ctx, out string? name)
    {
        name = null;
        ArgCursor options = ctx.Options(2);
        while (!options.AtEnd)
        {
            if (options.Take("AUTH"u8, 2))
            {
                ReadOnlySpan<byte> user = options.Next();
                if (!Passwords.TryAuthenticate(ctx, user, options.Next()))
                    return false;
            }
            else if (options.Take("SETNAME"u8, 1))
            {
                if (!ClientCommands.TryName(ctx, options.Next(), out name))
                    return false;
            }
            else
            {
                ctx.Reply.Error($"ERR Syntax error in HELLO option '{Encoding.Latin1.GetString(options.Peek)}'");
                return false;
            }
        }

        return true;
    }

    private static void WriteHello(CommandContext ctx, int protocol)
    {
        RespWriter reply = ctx.Reply;
        reply.MapHeader(7);
        reply.Bulk("server"u8);
        reply.Bulk("redis"u8);
        reply.Bulk("version"u8);
        reply.Bulk(RedisVersion);
        reply.Bulk("proto"u8);
        reply.Integer(protocol);
        reply.Bulk("id"u8);
        reply.Integer(ctx.Client.Id);
        reply.Bulk("mode"u8);
        reply.Bulk("standalone"u8);
        reply.Bulk("role"u8);
        reply.Bulk("master"u8);
        reply.Bulk("modules"u8);
        reply.EmptyArray();
    }

    private static void Ping(CommandContext ctx)
    {
        if (ctx.Args.Count == 1)
            ctx.Reply.SimpleString("PONG"u8);
        else if (ctx.Args.Count == 2)
            ctx.Reply.Bulk(ctx.Args[1]);
        else
            ctx.WrongArity();
    }

    private static void Echo(CommandContext ctx) => ctx.Reply.Bulk(ctx.Args[1]);

    private static void Select(CommandContext ctx)
    {
        if (!ctx.TryInt64(1, out long index))
            return;
        if (index == 0)
            ctx.Reply.Ok();
        else
            ctx.Reply.Error(RespErrors.DbIndexOutOfRange);
    }

    private static void Quit(CommandContext ctx)
    {
        ctx.Client.CloseAfterReply = true;
        ctx.Reply.Ok();
    }

    private static void Reset(CommandContext ctx)
    {
        ClientState client = ctx.Client;
        client.Queue.Clear();
        client.Unwatch(ctx.Services.Watches);
        client.Name = "";
        client.NoEvict = false;
        client.NoTouch = false;
        client.Authenticated = ctx.Services.Settings.Password is null;
        client.ReplyMode = ReplyMode.On;
        client.Protocol = 2;
        ctx.Reply.Protocol = 2;
        ctx.Reply.SimpleString("RESET"u8);
    }
}
