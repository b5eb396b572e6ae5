using MultiCloudKv.Merge;
using MultiCloudKv.Resp;
using MultiCloudKv.Server.Storage;

namespace MultiCloudKv.Server.Commands;

/// <summary>
/// EXEC: takes the stripes of all queued commands' keys and of all watched keys, so that between the look at the watches
/// and the commit nobody else writes there; runs the handlers one after another over one transaction, each seeing what
/// the earlier ones did; commits once. A handler that answers an error has changed nothing, and the others go on, as in
/// Redis. When a record is missing the whole EXEC runs again.
/// </summary>
/// <remarks>Stateless but for the services.</remarks>
internal sealed class TransactionRunner(CommandServices services)
{
    public ExecuteOutcome Execute(CommandContext ctx)
    {
        ClientState client = ctx.Client;
        TransactionQueue queue = client.Queue;
        if (!queue.Open)
        {
            ctx.Reply.Error(RespErrors.ExecWithoutMulti);
            return ExecuteOutcome.Done;
        }

        if (queue.Broken)
        {
            ctx.Reply.Error(RespErrors.ExecAbort);
            End(client);
            return ExecuteOutcome.Done;
        }

        if (queue.HasWrites && services.Engine.Gate.Refusal() is { } reason)
        {
            ctx.Reply.Error("EXECABORT Transaction discarded because of: " + reason);
            End(client);
            return ExecuteOutcome.Done;
        }

        return queue.HasWrites && !ctx.Session.MayWrite ? ExecuteOutcome.Load : Run(ctx, client, queue);
    }

    private ExecuteOutcome Run(CommandContext ctx, ClientState client, TransactionQueue queue)
    {
        int mark = ctx.Reply.Mark();
        int protocol = ctx.Reply.Protocol;
        ArgumentList args = ctx.Args;
        StorageSession session = ctx.Session;
        ctx.NowMs = services.Engine.Clock.NowMs;
        ctx.InTransaction = true;
        try
        {
            Enter(client, queue, session);
            if (client.WatchBroken || client.Watched.Any(key => key.ExpiryMs <= ctx.NowMs))
            {
                ctx.Reply.NullArray();
            }
            else
            {
                RunQueued(ctx, queue);
                if (session.Transaction.HasChanges)
                    CommandExecutor.Commit(ctx, session, mark);
            }
        }
        catch (NotResidentException)
        {
            ctx.Reply.Truncate(mark);
            ctx.Reply.Protocol = protocol;
            return ExecuteOutcome.Load;
        }
        catch (ReplyTooLargeException)
        {
            ctx.Reply.Truncate(mark);
            ctx.Reply.Error(RespErrors.ReplyTooLarge);
        }
        finally
        {
            ctx.InTransaction = false;
            ctx.Args = args;
            session.Exit();
        }

        End(client);
        return ExecuteOutcome.Done;
    }

    private static void RunQueued(CommandContext ctx, TransactionQueue queue)
    {
        ctx.Reply.ArrayHeader(queue.Commands.Count);
        queue.Failures.Clear();
        foreach (QueuedCommand command in queue.Commands)
        {
            ctx.Args = command.Args;
            ctx.Row = command.Row;
            int mark = ctx.Reply.Mark();
            command.Handler(ctx);
            queue.Failures.Add(ctx.Reply.IsErrorAt(mark));
        }

        // Only now is it sure that they do not run again.
        for (int i = 0; i < queue.Commands.Count; i++)
            ctx.Client.Counts.Of(queue.Commands[i].Row).End(0, queue.Failures[i]);
    }

    private static void Enter(ClientState client, TransactionQueue queue, StorageSession session)
    {
        if (queue.NeedsWholeKeyspace)
        {
            session.EnterAll();
            return;
        }

        int[] slots = new int[16];
        int count = 0;
        foreach (QueuedCommand command in queue.Commands)
            CommandExecutor.CollectSlots(command.Row, command.Args, ref slots, ref count);
        foreach (WatchedKey watched in client.Watched)
        {
            if (count == slots.Length)
                Array.Resize(ref slots, count * 2);
            slots[count++] = watched.Slot;
        }

        if (count > 0)
            session.Enter(slots.AsSpan(0, count));
    }

    private void End(ClientState client)
    {
        client.Queue.Clear();
        client.Unwatch(services.Watches);
    }
}
