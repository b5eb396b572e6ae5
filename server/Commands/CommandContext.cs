using MultiCloudKv.Merge.Transactions;
using MultiCloudKv.Resp;
using MultiCloudKv.Resp.Catalogue;
using MultiCloudKv.Server.Storage;

namespace MultiCloudKv.Server.Commands;

/// <summary>
/// All that a handler sees: the arguments, the keys behind them, the clock, the reply and the client. Neither network nor
/// storage shows through it, so a handler can be dropped and run again at any point before it returns:
/// <list type="number">
/// <item>The executor takes the stripes of the keys that the catalogue row names.</item>
/// <item>The handler opens keys, reads, adds its changes to the transaction, writes its reply. Nothing reaches the store.</item>
/// <item>If a record is not in memory, the store stops the handler; reply and changes are dropped, the stripes let go,
/// the record is loaded, and the handler runs again from its beginning.</item>
/// <item>When it has returned, the executor commits: one binlog record, then the store; then lets the stripes go.</item>
/// </list>
/// Inside EXEC the same handlers run one after another over one transaction, which is committed once.
/// </summary>
/// <remarks>Reused for every command and client, used by one thread at a time. Spans of arguments and values live until the handler returns.</remarks>
internal sealed class CommandContext
{
    public CommandContext(CommandServices services, RespWriter reply, StorageSession session)
    {
        Services = services;
        Reply = reply;
        Session = session;
    }

    /// <summary>The node: engine, settings, connections, statistics.</summary>
    public CommandServices Services { get; }

    /// <summary>The command line; argument 0 is the command's name, also for a subcommand.</summary>
    public ArgumentList Args { get; internal set; } = new();

    public RespWriter Reply { get; }

    public ClientState Client { get; internal set; } = null!;

    /// <summary>The catalogue row of the command or subcommand that runs.</summary>
    public CommandRow Row { get; internal set; } = null!;

    /// <summary>The time by which keys expire, Unix milliseconds: one moment for the whole command, and for all of an EXEC.</summary>
    public long NowMs { get; internal set; }

    /// <summary>What the command reads and changes; the executor begins and commits it.</summary>
    public Transaction Tx => Session.Transaction;

    /// <summary>Stripes and commit of the commands. Handlers need it only when they enter stripes themselves.</summary>
    public StorageSession Session { get; }

    /// <summary>Where the binlog must have been synced to before the replies go out, if the policy says so; 0 for nowhere.</summary>
    internal long UnsyncedPosition { get; set; }

    /// <summary>A command has changed something; for whoever slows writers, who takes it back.</summary>
    internal bool HasWritten { get; set; }

    /// <summary>True inside EXEC: a command that would wait answers at once.</summary>
    public bool InTransaction { get; internal set; }

    /// <summary>What is left to do after the handler, outside the stripes; set by <see cref="Defer"/>.</summary>
    internal Func<CommandContext, CancellationToken, ValueTask>? Deferred { get; set; }

    /// <summary>The key that an argument names.</summary>
    public KeyView Open(int index) => Tx.Open(Args[index]);

    /// <summary>For random choices: a handler works on a copy and puts it back when it is done, so that a second run chooses the same.</summary>
    public ulong RandomState { get; set; } = (ulong)Random.Shared.NextInt64();

    /// <summary>The options from an argument on.</summary>
    public ArgCursor Options(int from) => new(Args, from);

    /// <summary>
    /// For commands that wait: the handler writes no reply and returns, the stripes are let go, and <paramref name="rest"/> runs and
    /// writes the reply. Not inside EXEC.
    /// </summary>
    public void Defer(Func<CommandContext, CancellationToken, ValueTask> rest) => Deferred = rest;

    /// <summary>Reads an argument as an integer; otherwise answers the error and returns false.</summary>
    public bool TryInt64(int index, out long value) => TryInt64(Args[index], out value);

    public bool TryInt64(ReadOnlySpan<byte> text, out long value)
    {
        if (RespNumbers.TryParseInt64(text, out value))
            return true;
        Reply.Error(RespErrors.NotInteger);
        return false;
    }

    /// <summary>Reads an argument as an integer within bounds; otherwise answers the error and returns false.</summary>
    public bool TryInt64(int index, long min, long max, out long value)
    {
        if (!TryInt64(index, out value))
            return false;
        if (value >= min && value <= max)
            return true;
        Reply.Error(RespErrors.OutOfRange);
        return false;
    }

    /// <summary>Reads an argument as a double; otherwise answers the error and returns false.</summary>
    public bool TryDouble(int index, out double value)
    {
        if (RespNumbers.TryParseDouble(Args[index], out value))
            return true;
        Reply.Error(RespErrors.NotFloat);
        return false;
    }

    public void SyntaxError() => Reply.Error(RespErrors.Syntax);

    public void WrongType() => Reply.Error(RespErrors.WrongType);

    /// <summary>The arity the catalogue can't express (pairs of arguments).</summary>
    public void WrongArity() => Reply.Error($"ERR wrong number of arguments for '{Row.Name}' command");
}
