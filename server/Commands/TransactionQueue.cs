using MultiCloudKv.Resp;
using MultiCloudKv.Resp.Catalogue;

namespace MultiCloudKv.Server.Commands;

/// <summary>The state of a connection between MULTI and EXEC or DISCARD.</summary>
/// <remarks>Owned by its connection.</remarks>
internal sealed class TransactionQueue
{
    /// <summary>Bytes of arguments a transaction may hold back.</summary>
    public const long BytesMax = 1L << 30;

    private readonly List<QueuedCommand> _commands = [];
    private long _bytes;

    public bool Open { get; private set; }

    /// <summary>A command was refused while it was queued: EXEC will run none.</summary>
    public bool Broken { get; set; }

    public IReadOnlyList<QueuedCommand> Commands => _commands;

    /// <summary>While EXEC runs: which of the commands answered an error.</summary>
    public List<bool> Failures { get; } = [];

    public bool HasWrites { get; private set; }

    /// <summary>True when a command works on keys that its arguments do not name.</summary>
    public bool NeedsWholeKeyspace { get; private set; }

    public void Begin() => Open = true;

    /// <summary>False when the transaction would hold back too much.</summary>
    public bool TryAdd(CommandRow row, CommandHandler handler, ArgumentList args)
    {
        long bytes = args.TotalBytes + (args.Count * 8L) + 64;
        if (_bytes + bytes > BytesMax)
            return false;
        _bytes += bytes;
        _commands.Add(new QueuedCommand(row, handler, args.ToOwned()));
        HasWrites |= row.Is(CommandFlags.Write);
        NeedsWholeKeyspace |= row.Is(CommandFlags.WholeKeyspace | CommandFlags.EntersItself);
        return true;
    }

    public void Clear()
    {
        _commands.Clear();
        _bytes = 0;
        Open = false;
        Broken = false;
        HasWrites = false;
        NeedsWholeKeyspace = false;
    }
}
