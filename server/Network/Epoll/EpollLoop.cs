using MultiCloudKv.Foundation;

namespace MultiCloudKv.Server.Network.Epoll;

/// <summary>
/// One thread and the sockets it polls. What a socket's readiness sets off (receive, execute, reply) runs on this thread,
/// one connection after the other, until it has to wait for something else.
/// </summary>
/// <remarks>
/// Sockets are watched edge-triggered for both directions from the start, so that a request costs no call to change what is
/// watched. An event carries the connection's place in a table; a place may be given to another connection while an event for
/// the one before is still in the batch, which makes the new one look for bytes once in vain.
/// <see cref="Add"/>, <see cref="Remove"/> and <see cref="Dispose"/> may be called from any thread.
/// </remarks>
internal sealed class EpollLoop : IDisposable
{
    private const int EventsMax = 256;
    private const ulong WakeUp = ulong.MaxValue;
    private readonly int _epoll = NativeSockets.CreateEpoll();
    private readonly int _wakeUp = NativeSockets.CreateEvent();
    private readonly Action<Exception> _onFailure;
    private readonly Thread _thread;
    private readonly Lock _lock = new();
    private readonly Stack<int> _free = new();
    private EpollConnection?[] _connections = new EpollConnection?[64];
    private int _used;
    private volatile bool _stopping;

    /// <param name="name">Name of the thread.</param>
    /// <param name="onFailure">Told what ended the loop, if it was not <see cref="Dispose"/>.</param>
    public EpollLoop(string name, Action<Exception> onFailure)
    {
        _onFailure = onFailure;
        NativeSockets.Add(_epoll, _wakeUp, NativeSockets.Readable, WakeUp);
        _thread = new Thread(Run) { IsBackground = true, Name = name };
        _thread.Start();
    }

    /// <summary>Begins to watch a connection's socket.</summary>
    /// <exception cref="IOException">The system can't watch more sockets.</exception>
    public void Add(EpollConnection connection)
    {
        lock (_lock)
        {
            if (!_free.TryPop(out int place))
            {
                place = _used++;
                if (place == _connections.Length)
                    Array.Resize(ref _connections, place * 2);
            }

            connection.Place = place;
            Volatile.Write(ref _connections[place], connection);
        }

        NativeSockets.Add(
            _epoll, connection.Descriptor, NativeSockets.Readable | NativeSockets.Writable | NativeSockets.PeerClosed | NativeSockets.EdgeTriggered, (ulong)connection.Place);
    }

    /// <summary>Forgets a connection. Before its descriptor is closed.</summary>
    public void Remove(EpollConnection connection)
    {
        NativeSockets.Remove(_epoll, connection.Descriptor);
        lock (_lock)
        {
            Volatile.Write(ref _connections[connection.Place], null);
            _free.Push(connection.Place);
        }
    }

    /// <summary>Ends the thread once its connections are gone or closed by the caller.</summary>
    public void Dispose()
    {
        _stopping = true;
        NativeSockets.Signal(_wakeUp);
        Invariant.Check(Thread.CurrentThread != _thread);
        _thread.Join();
        NativeSockets.CloseDescriptor(_epoll);
        NativeSockets.CloseDescriptor(_wakeUp);
    }

    private void Run()
    {
        using var events = new EpollEvents(EventsMax);
        try
        {
            while (!_stopping)
            {
                int count = NativeSockets.Wait(_epoll, events);
                for (int i = 0; i < count; i++)
                {
                    ulong place = events.DataAt(i);
                    if (place != WakeUp)
                        Volatile.Read(ref Volatile.Read(ref _connections)[place])?.OnEvents(events.EventsAt(i));
                }
            }
        }
        catch (Exception e)
        {
            _onFailure(e);
        }
    }
}
