using System.Text;
using MultiCloudKv.Merge;
using MultiCloudKv.Resp;
using MultiCloudKv.Resp.Catalogue;
using MultiCloudKv.Server.Storage;

namespace MultiCloudKv.Server.Commands;

/// <summary>
/// The one shape of every command:
/// <list type="number">
/// <item>Find the row, check what the row says: arity, authentication, whether the node is ready and takes writes.</item>
/// <item>Inside MULTI: put it aside. (<see cref="TransactionRunner"/> runs EXEC.)</item>
/// <item>Take the stripes of its keys.</item>
/// <item>Run the handler: it reads, builds changes, writes the reply.</item>
/// <item>Commit: the changes reach the binlog, then the store, or the reply becomes the error that says why not.</item>
/// <item>Let the stripes go.</item>
/// </list>
/// When a record is not in memory, the reply is taken back and the outcome says so; the connection loads and calls again.
/// </summary>
/// <remarks>Stateless but for the services; called by many connections at once.</remarks>
internal sealed class CommandExecutor
{
    private const int EchoedBytesMax = 128;
    private const int SlotsOnStack = 64;

    private readonly CommandTable _table;
    private readonly CommandServices _services;
    private readonly TransactionRunner _transactions;
    private readonly CommandRow _exec = CommandCatalogue.Find("exec"u8)!;

    public CommandExecutor(CommandTable table, CommandServices services)
    {
        _table = table;
        _services = services;
        _transactions = new TransactionRunner(services);
    }

    /// <summary>Runs the command in <see cref="CommandContext.Args"/>.</summary>
    public ExecuteOutcome Execute(CommandContext ctx)
    {
        ctx.Deferred = null;
        CommandRow? row = Resolve(ctx);
        if (row is null)
            return ExecuteOutcome.Done;
        ctx.Row = row;
        ClientState client = ctx.Client;
        client.LastCommand = row;
        CommandHandler? handler = _table.Of(row);
        if (!IsAllowed(ctx, row, handler))
        {
            client.Counts.Of(row).Reject();
            return ExecuteOutcome.Done;
        }

        if (client.Queue.Open && !RunsInsideMulti(row))
        {
            Queue(ctx, row, handler!);
            return ExecuteOutcome.Done;
        }

        if (ReferenceEquals(row, _exec))
            return ExecuteTransaction(ctx, row);
        return row.Keys.HasKeys || row.Is(CommandFlags.WholeKeyspace | CommandFlags.EntersItself) ? ExecuteOnKeys(ctx, row, handler!) : ExecutePlain(ctx, row, handler!);
    }

    /// <summary>The slots of a command's keys, appended to <paramref name="slots"/> from <paramref name="count"/> on.</summary>
    internal static void CollectSlots(CommandRow row, ArgumentList args, ref int[] slots, ref int count)
    {
        if (!row.Keys.TryResolve(args, out int first, out int last, out int step))
            return;
        int wanted = count + ((last - first) / step) + 1;
        if (slots.Length < wanted)
            Array.Resize(ref slots, Math.Max(wanted, slots.Length * 2));
        for (int i = first; i <= last; i += step)
            slots[count++] = Foundation.Slots.Of(args[i]);
    }

    private static bool RunsInsideMulti(CommandRow row) => row.Name is "exec" or "discard" or "multi" or "watch" or "quit" or "reset";

    private static ExecuteOutcome ExecutePlain(CommandContext ctx, CommandRow row, CommandHandler handler)
    {
        int mark = ctx.Reply.Mark();
        CommandCount count = ctx.Client.Counts.Of(row);
        long begun = count.Begin();
        handler(ctx);
        count.End(begun, ctx.Reply.IsErrorAt(mark));
        return ctx.Deferred is null ? ExecuteOutcome.Done : ExecuteOutcome.Wait;
    }

    private ExecuteOutcome ExecuteTransaction(CommandContext ctx, CommandRow row)
    {
        int mark = ctx.Reply.Mark();
        CommandCount count = ctx.Client.Counts.Of(row);
        long begun = count.Begin();
        ExecuteOutcome outcome = _transactions.Execute(ctx);
        if (outcome == ExecuteOutcome.Done)
            count.End(begun, ctx.Reply.IsErrorAt(mark));
        return outcome;
    }

    private ExecuteOutcome ExecuteOnKeys(CommandContext ctx, CommandRow row, CommandHandler handler)
    {
        int mark = ctx.Reply.Mark();
        StorageSession session = ctx.Session;
        if (row.Is(CommandFlags.Write) && !session.MayWrite)
            return ExecuteOutcome.Load;
        try
        {
            CommandCount count = ctx.Client.Counts.Of(row);
            long begun = count.Begin();
            ctx.NowMs = TryEnter(ctx, row, session) ? session.Transaction.NowMs : _services.Engine.Clock.NowMs;
            handler(ctx);
            if (session.Transaction.HasChanges)
                Commit(ctx, session, mark);
            count.End(begun, ctx.Reply.IsErrorAt(mark));
            return ctx.Deferred is null ? ExecuteOutcome.Done : ExecuteOutcome.Wait;
        }
        catch (NotResidentException)
        {
            ctx.Reply.Truncate(mark);
            return ExecuteOutcome.Load;
        }
        catch (ReplyTooLargeException)
        {
            ctx.Reply.Truncate(mark);
            ctx.Reply.Error(RespErrors.ReplyTooLarge);
            return ExecuteOutcome.Done;
        }
        finally
        {
            session.Exit();
        }
    }

    /// <summary>Takes the stripes and begins the transaction. False when the command has no keys.</summary>
    private static bool TryEnter(CommandContext ctx, CommandRow row, StorageSession session)
    {
        if (row.Is(CommandFlags.WholeKeyspace))
        {
            session.EnterAll();
            return true;
        }

        if (!row.Keys.TryResolve(ctx.Args, out int first, out int last, out int step))
            return false;
        if (first == last)
        {
            session.Enter([Foundation.Slots.Of(ctx.Args[first])]);
            return true;
        }

        int count = ((last - first) / step) + 1;
        Span<int> slots = count <= SlotsOnStack ? stackalloc int[SlotsOnStack] : new int[count];
        for (int i = 0; i < count; i++)
            slots[i] = Foundation.Slots.Of(ctx.Args[first + (i * step)]);
        session.Enter(slots[..count]);
        return true;
    }

    /// <summary>Makes the transaction's changes real, or replaces the reply by the reason why they are not.</summary>
    internal static void Commit(CommandContext ctx, StorageSession session, int mark)
    {
        CommitResult result = session.Commit();
        if (result.Refusal is not null)
        {
            ctx.Reply.Truncate(mark);
            ctx.Reply.Error(result.Refusal);
        }
        else if (result.Changed)
        {
            ctx.UnsyncedPosition = result.End;
            ctx.HasWritten = true;
            ctx.Client.LastWrite = result;
        }
    }

    private CommandRow? Resolve(CommandContext ctx)
    {
        ReadOnlySpan<byte> name = ctx.Args[0];
        CommandRow? row = CommandCatalogue.Find(name);
        if (row is null)
        {
            Reject(ctx, UnknownCommand(ctx.Args));
            return null;
        }

        if (row.IsContainer && ctx.Args.Count > 1)
        {
            CommandRow? sub = CommandCatalogue.FindSubcommand(row, ctx.Args[1]);
            if (sub is null)
            {
                string container = row.Name.ToUpperInvariant();
                Reject(ctx, $"ERR unknown subcommand '{Text(ctx.Args[1], EchoedBytesMax)}'. Try {container} HELP.");
                return null;
            }

            row = sub;
        }

        if (!row.Accepts(ctx.Args.Count))
        {
            Reject(ctx, $"ERR wrong number of arguments for '{row.Name}' command");
            ctx.Client.Counts.Of(row).Reject();
            return null;
        }

        return row;
    }

    private bool IsAllowed(CommandContext ctx, CommandRow row, CommandHandler? handler)
    {
        if (!ctx.Client.Authenticated && !row.Is(CommandFlags.NoAuth) && _services.Settings.Password is not null)
        {
            Reject(ctx, RespErrors.NoAuth);
            return false;
        }

        if (handler is null)
        {
            Reject(ctx, $"ERR wrong number of arguments for '{row.Name}' command");
            return false;
        }

        if (row.Keys.HasKeys && HasTooLongKey(row, ctx.Args))
        {
            Reject(ctx, RespErrors.KeyTooLong);
            return false;
        }

        if (row.Is(CommandFlags.Write) && _services.Engine.Gate.Refusal() is { } reason)
        {
            Reject(ctx, reason);
            return false;
        }

        return true;
    }

    private bool HasTooLongKey(CommandRow row, ArgumentList args)
    {
        int max = _services.Settings.KeyBytesMax;
        if (!row.Keys.TryResolve(args, out int first, out int last, out int step))
            return false;
        for (int i = first; i <= last; i += step)
        {
            if (args.LengthOf(i) > max)
                return true;
        }

        return false;
    }

    private void Queue(CommandContext ctx, CommandRow row, CommandHandler handler)
    {
        if (!row.Is(CommandFlags.NoMulti) && ctx.Client.Queue.TryAdd(row, handler, ctx.Args))
        {
            ctx.Reply.SimpleString("QUEUED"u8);
            return;
        }

        ctx.Client.Counts.Of(row).Reject();
        if (row.Is(CommandFlags.NoMulti))
            Reject(ctx, RespErrors.NotInMulti);
        else
            Reject(ctx, "ERR the transaction is too large");
    }

    private void Reject(CommandContext ctx, string error) => Reject(ctx, Encoding.UTF8.GetBytes(error));

    /// <summary>A command that did not come to run: inside MULTI it breaks the transaction.</summary>
    private void Reject(CommandContext ctx, ReadOnlySpan<byte> error)
    {
        if (ctx.Client.Queue.Open)
            ctx.Client.Queue.Broken = true;
        _services.Statistics.AddError();
        ctx.Reply.Error(error);
    }

    private static string UnknownCommand(ArgumentList args)
    {
        var echoed = new StringBuilder();
        for (int i = 1; i < args.Count && echoed.Length < EchoedBytesMax; i++)
            echoed.Append('\'').Append(Text(args[i], EchoedBytesMax - echoed.Length)).Append("' ");
        return $"ERR unknown command '{Text(args[0], EchoedBytesMax)}', with args beginning with: {echoed}";
    }

    private static string Text(ReadOnlySpan<byte> bytes, int max) => Encoding.Latin1.GetString(bytes[..Math.Min(bytes.Length, max)]);
}
