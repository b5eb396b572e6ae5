using MultiCloudKv.Resp;
using MultiCloudKv.Resp.Catalogue;

namespace MultiCloudKv.Server.Commands;

/// <summary>HELP of every container, made from the catalogue.</summary>
internal static class HelpText
{
    public static void Write(CommandContext ctx)
    {
        CommandRow container = CommandCatalogue.Find(ctx.Args[0])!;
        RespWriter reply = ctx.Reply;
        reply.ArrayHeader(1 + (container.Subcommands.Count * 2));
        reply.SimpleString(System.Text.Encoding.ASCII.GetBytes($"{container.Name.ToUpperInvariant()} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:"));
        foreach (CommandRow sub in container.Subcommands)
        {
            reply.SimpleString(System.Text.Encoding.ASCII.GetBytes(sub.Name[(container.Name.Length + 1)..].ToUpperInvariant()));
            reply.SimpleString(System.Text.Encoding.ASCII.GetBytes($"    {sub.Summary}."));
        }
    }
}
