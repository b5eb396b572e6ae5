using System.Text;
using MultiCloudKv.Resp;

namespace MultiCloudKv.Server.Commands;

/// <summary>CLIENT KILL address, and CLIENT KILL filter value [filter value …], which answers how many it closed.</summary>
internal static class ClientKillCommand
{
    public static void Run(CommandContext ctx)
    {
        var filter = new Filter { SkipMe = true };
        bool oldForm = ctx.Args.Count == 3;
        if (oldForm)
        {
            filter.Address = Encoding.Latin1.GetString(ctx.Args[2]);
            filter.SkipMe = false;
        }
        else if (!TryFilter(ctx, filter))
        {
            return;
        }

        int killed = 0;
        bool self = false;
        foreach (ClientState client in ctx.Services.Clients.Snapshot())
        {
            if (!filter.Matches(client, ctx.Client))
                continue;
            killed++;
            if (client == ctx.Client)
                self = true;
            else
                client.Abort();
        }

        if (!oldForm)
            ctx.Reply.Integer(killed);
        else if (killed > 0)
            ctx.Reply.Ok();
        else
            ctx.Reply.Error("ERR No such client"u8);
        ctx.Client.CloseAfterReply |= self;
    }

    private static bool TryFilter(CommandContext ctx, Filter filter)
    {
        ArgCursor options = ctx.Options(2);
        while (!options.AtEnd)
        {
            if (options.Take("ID"u8, 1))
            {
                if (!RespNumbers.TryParseInt64(options.Next(), out long id) || id <= 0)
                {
                    ctx.Reply.Error("ERR client-id should be greater than 0"u8);
                    return false;
                }

                filter.Id = id;
            }
            else if (options.Take("TYPE"u8, 1))
            {
                if (!ClientCommands.TryClientType(ctx, options.Next(), out bool isNormal))
                    return false;
                filter.Nobody |= !isNormal;
            }
            else if (options.Take("ADDR"u8, 1))
            {
                filter.Address = Encoding.Latin1.GetString(options.Next());
            }
            else if (options.Take("LADDR"u8, 1))
            {
                filter.LocalAddress = Encoding.Latin1.GetString(options.Next());
            }
            else if (options.Take("USER"u8, 1))
            {
                ReadOnlySpan<byte> user = options.Next();
                if (!user.SequenceEqual("default"u8))
                {
                    ctx.Reply.Error($"ERR No such user '{Encoding.Latin1.GetString(user)}'");
                    return false;
                }
            }
            else if (options.Take("SKIPME"u8, 1))
            {
                bool yes = options.Take("YES"u8);
                if (!yes && !options.Take("NO"u8))
                {
                    ctx.SyntaxError();
                    return false;
                }

                filter.SkipMe = yes;
            }
            else
            {
                ctx.SyntaxError();
                return false;
            }
        }

        return true;
    }

    private sealed class Filter
    {
        public long? Id { get; set; }

        public string? Address { get; set; }

        public string? LocalAddress { get; set; }

        public bool SkipMe { get; set; }

        public bool Nobody { get; set; }

        public bool Matches(ClientState client, ClientState self) =>
            !Nobody
            && (Id is null || client.Id == Id)
            && (Address is null || client.Address == Address)
            && (LocalAddress is null || client.LocalAddress == LocalAddress)
            && !(SkipMe && client == self);
    }
}
