using System.Text;
using MultiCloudKv.Resp;
using MultiCloudKv.Resp.Catalogue;

namespace MultiCloudKv.Server.Commands;

/// <summary>Catalogue rows in the shape of COMMAND INFO and COMMAND DOCS of Redis 7.0.</summary>
internal static class CommandRowWriter
{
    private static readonly (CommandFlags Flag, byte[] Name)[] Flags =
    [
        (CommandFlags.Write, "write"u8.ToArray()),
        (CommandFlags.ReadOnly, "readonly"u8.ToArray()),
        (CommandFlags.DenyOom, "denyoom"u8.ToArray()),
        (CommandFlags.Admin, "admin"u8.ToArray()),
        (CommandFlags.NoScript, "noscript"u8.ToArray()),
        (CommandFlags.Blocking, "blocking"u8.ToArray()),
        (CommandFlags.Loading, "loading"u8.ToArray()),
        (CommandFlags.Stale, "stale"u8.ToArray()),
        (CommandFlags.SkipSlowLog, "skip_slowlog"u8.ToArray()),
        (CommandFlags.Fast, "fast"u8.ToArray()),
        (CommandFlags.NoAuth, "no_auth"u8.ToArray()),
        (CommandFlags.AllowBusy, "allow_busy"u8.ToArray()),
        (CommandFlags.NoMulti, "no_multi"u8.ToArray()),
    ];

    private static readonly (AclCategories Category, byte[] Name)[] Categories =
        [.. Enum.GetValues<AclCategories>().Where(category => category != AclCategories.None).Select(category => (category, Encoding.ASCII.GetBytes("@" + category.ToString().ToLowerInvariant())))];

    public static void WriteAll(RespWriter reply)
    {
        reply.ArrayHeader(CommandCatalogue.Commands.Count);
        foreach (CommandRow row in CommandCatalogue.Commands)
            Write(reply, row);
    }

    public static void Write(RespWriter reply, CommandRow row)
    {
        reply.ArrayHeader(10);
        reply.Bulk(row.NameBytes);
        reply.Integer(row.Arity);
        WriteNames(reply, Flags.Where(flag => row.Is(flag.Flag)).Select(flag => flag.Name));
        reply.Integer(row.Keys.First);
        reply.Integer(row.Keys.Last);
        reply.Integer(row.Keys.Step);
        WriteNames(reply, Categories.Where(category => (row.Categories & category.Category) != 0).Select(category => category.Name));
        reply.EmptyArray();
        WriteKeySpec(reply, row);
        reply.ArrayHeader(row.Subcommands.Count);
        foreach (CommandRow sub in row.Subcommands)
            Write(reply, sub);
    }

    public static void WriteDocs(RespWriter reply, CommandRow row)
    {
        reply.Bulk(row.NameBytes);
        reply.MapHeader(row.IsContainer ? 4 : 3);
        reply.Bulk("summary"u8);
        reply.Bulk(row.Summary);
        reply.Bulk("since"u8);
        reply.Bulk(row.Since);
        reply.Bulk("group"u8);
        reply.Bulk(row.Group);
        if (!row.IsContainer)
            return;
        reply.Bulk("subcommands"u8);
        reply.MapHeader(row.Subcommands.Count);
        foreach (CommandRow sub in row.Subcommands)
            WriteDocs(reply, sub);
    }

    /// <summary>The category of that name, in any case; None when there is none.</summary>
    public static AclCategories CategoryOf(ReadOnlySpan<byte> name)
    {
        foreach ((AclCategories category, byte[] known) in Categories)
        {
            if (CommandCatalogue.EqualsIgnoreCase(known.AsSpan(1), name))
                return category;
        }

        return AclCategories.None;
    }

    private static void WriteNames(RespWriter reply, IEnumerable<byte[]> names)
    {
        List<byte[]> list = [.. names];
        reply.SetHeader(list.Count);
        foreach (byte[] name in list)
            reply.SimpleString(name);
    }

    private static void WriteKeySpec(RespWriter reply, CommandRow row)
    {
        if (!row.Keys.HasKeys)
        {
            reply.EmptyArray();
            return;
        }

        reply.ArrayHeader(1);
        reply.MapHeader(3);
        reply.Bulk("flags"u8);
        reply.SetHeader(1);
        reply.SimpleString(row.Is(CommandFlags.Write) ? "RW"u8 : "RO"u8);
        reply.Bulk("begin_search"u8);
        reply.MapHeader(2);
        reply.Bulk("type"u8);
        reply.Bulk("index"u8);
        reply.Bulk("spec"u8);
        reply.MapHeader(1);
        reply.Bulk("index"u8);
        reply.Integer(row.Keys.First);
        reply.Bulk("find_keys"u8);
        reply.MapHeader(2);
        reply.Bulk("type"u8);
        reply.Bulk("range"u8);
        reply.Bulk("spec"u8);
        reply.MapHeader(3);
        reply.Bulk("lastkey"u8);
        reply.Integer(row.Keys.Last < 0 ? row.Keys.Last : row.Keys.Last - row.Keys.First);
        reply.Bulk("keystep"u8);
        reply.Integer(row.Keys.Step);
        reply.Bulk("limit"u8);
        reply.Integer(0);
    }
}
