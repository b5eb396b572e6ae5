using System.Collections.Concurrent;
using MultiCloudKv.Resp.Catalogue;

namespace MultiCloudKv.Server.Commands;

/// <summary>All connections of clients, by their number, and how many there may be.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class ClientRegistry
{
    private readonly ConcurrentDictionary<long, ClientState> _clients = new();
    private readonly Lock _counting = new();
    private readonly CommandTotals[] _gone = new CommandTotals[CommandCatalogue.All.Count];
    private CommandTotals[] _before = new CommandTotals[CommandCatalogue.All.Count];
    private long _lastId;
    private int _count;
    private long _accepted;
    private long _refused;

    public int Count => Volatile.Read(ref _count);

    /// <summary>Connections accepted since the start, and those refused because there were too many.</summary>
    public long Accepted => Volatile.Read(ref _accepted);

    public long Refused => Volatile.Read(ref _refused);

    /// <summary>A new connection, or null when there are as many as <paramref name="max"/> already.</summary>
    public ClientState? TryAdd(string address, string localAddress, long nowMs, int max)
    {
        if (Interlocked.Increment(ref _count) > max)
        {
            Interlocked.Decrement(ref _count);
            Interlocked.Increment(ref _refused);
            return null;
        }

        Interlocked.Increment(ref _accepted);
        var client = new ClientState(Interlocked.Increment(ref _lastId), address, localAddress, nowMs);
        _clients[client.Id] = client;
        return client;
    }

    public void Remove(ClientState client)
    {
        lock (_counting)
        {
            if (!_clients.TryRemove(client.Id, out _))
                return;
            client.Counts.AddTo(_gone);
        }

        Interlocked.Decrement(ref _count);
    }

    /// <summary>What all connections ran, those that are gone included, since the start or the last reset; by the rows' numbers.</summary>
    public CommandTotals[] Commands()
    {
        lock (_counting)
        {
            CommandTotals[] totals = Sum();
            for (int id = 0; id < totals.Length; id++)
                totals[id] -= _before[id];
            return totals;
        }
    }

    public ClientState? Find(long id) => _clients.GetValueOrDefault(id);

    /// <summary>All connections by rising number.</summary>
    public List<ClientState> Snapshot() => [.. _clients.Values.OrderBy(client => client.Id)];

    public void ResetStatistics()
    {
        Volatile.Write(ref _accepted, 0);
        Volatile.Write(ref _refused, 0);
        lock (_counting)
            _before = Sum();
    }

    private CommandTotals[] Sum()
    {
        var totals = (CommandTotals[])_gone.Clone();
        foreach (ClientState client in _clients.Values)
            client.Counts.AddTo(totals);
        return totals;
    }

    /// <summary>Closes connections that have been idle for too long.</summary>
    public void CloseIdle(long nowMs, long timeoutMs)
    {
        foreach (ClientState client in _clients.Values)
        {
            if (nowMs - client.LastActiveMs > timeoutMs)
                client.Abort();
        }
    }
}
