using System.Globalization;
using System.Text;
using MultiCloudKv.Foundation;
using MultiCloudKv.Resp;

namespace MultiCloudKv.Server.Commands;

/// <summary>TIME, DEBUG, SHUTDOWN, CLUSTER, and SWAPDB, as there is one database only.</summary>
internal static class ServerCommands
{
    private const double SleepSecondsMax = 3600;

    public static IEnumerable<(string Name, CommandHandler Handler)> Handlers =>
    [
        ("time", Time),
        ("debug|help", HelpText.Write),
        ("debug|set-active-expire", static ctx => ctx.Reply.Ok()),
        ("debug|sleep", Sleep),
        ("shutdown", Shutdown),
        ("cluster|help", HelpText.Write),
        ("cluster|info", ClusterInfo),
        ("cluster|keyslot", static ctx => ctx.Reply.Integer(Slots.Of(ctx.Args[2]))),
        ("cluster|myid", static ctx => ctx.Reply.Bulk(ctx.Services.RunId)),
        ("swapdb", OneDatabaseOnly),
    ];

    private static void Time(CommandContext ctx)
    {
        long microseconds = (DateTime.UtcNow - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        ctx.Reply.ArrayHeader(2);
        ctx.Reply.BulkInteger(microseconds / 1_000_000);
        ctx.Reply.BulkInteger(microseconds % 1_000_000);
    }

    /// <summary>DEBUG SLEEP seconds: only this connection waits.</summary>
    private static void Sleep(CommandContext ctx)
    {
        if (!ctx.TryDouble(2, out double seconds))
            return;
        if (!(seconds is >= 0 and <= SleepSecondsMax))
        {
            ctx.Reply.Error(RespErrors.OutOfRange);
            return;
        }

        ctx.Defer(async (context, cancel) =>
        {
            await Task.Delay(TimeSpan.FromSeconds(seconds), cancel);
            context.Reply.Ok();
        });
    }

    /// <summary>SHUTDOWN [NOSAVE | SAVE] [NOW] [FORCE] [ABORT]: data is safe in any case, so the words change nothing; it ends in order and answers nothing.</summary>
    private static void Shutdown(CommandContext ctx)
    {
        ArgCursor options = ctx.Options(1);
        while (!options.AtEnd)
        {
            if (options.Take("ABORT"u8))
            {
                ctx.Reply.Error("ERR No shutdown in progress."u8);
                return;
            }

            if (!options.Take("NOSAVE"u8) && !options.Take("SAVE"u8) && !options.Take("NOW"u8) && !options.Take("FORCE"u8))
            {
                ctx.SyntaxError();
                return;
            }
        }

        ctx.Client.CloseAfterReply = true;
        ctx.Services.Shutdown(new ShutdownRequest("SHUTDOWN by " + ctx.Client.Address));
    }

    private static void ClusterInfo(CommandContext ctx)
    {
        string text = string.Create(CultureInfo.InvariantCulture, $"cluster_state:ok\r\ncluster_slots_assigned:{Slots.Count}\r\ncluster_slots_ok:{Slots.Count}\r\ncluster_known_nodes:1\r\ncluster_size:1\r\n");
        ctx.Reply.Verbatim("txt"u8, Encoding.ASCII.GetBytes(text));
    }

    private static void OneDatabaseOnly(CommandContext ctx) => ctx.Reply.Error("ERR there is only database 0"u8);
}
