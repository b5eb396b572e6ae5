using MultiCloudKv.Resp.Catalogue;

namespace MultiCloudKv.Server.Commands;

/// <summary>
/// What one connection ran, by command. Each connection counts for itself, so that counting shares no cache line with other
/// threads; whoever asks adds the connections up (<see cref="ClientRegistry.Commands"/>).
/// </summary>
/// <remarks>Written by the thread that runs the connection's commands; read by any.</remarks>
internal sealed class CommandCounts
{
    private readonly CommandCount?[] _rows = new CommandCount?[CommandCatalogue.All.Count];

    public CommandCount Of(CommandRow row) => _rows[row.Id] ?? Add(row.Id);

    /// <summary>Adds what was counted to the totals, by the rows' numbers.</summary>
    public void AddTo(CommandTotals[] totals)
    {
        for (int id = 0; id < _rows.Length; id++)
        {
            if (Volatile.Read(ref _rows[id]) is { } count)
                totals[id] += count.Totals;
        }
    }

    private CommandCount Add(int id)
    {
        var count = new CommandCount();
        Volatile.Write(ref _rows[id], count);
        return count;
    }
}
