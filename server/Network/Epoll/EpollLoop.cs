using MultiCloudKv.Foundation;

namespace MultiCloudKv.Server.Network.Epoll;

/// <summary>
/// One thread and the sockets it polls, in rounds: 1. wait for events, 2. receive from every socket that has something,
/// 3. execute what each received (<see cref="IRoundServer"/>, or whoever awaits its read), 4. send the replies, 5. rest if writers are to be slowed. The same few functions, of the kernel and of the store, run
/// for all connections in a row, which the processor's caches reward; a reply waits for the round's other commands.
/// </summary>
/// <remarks>
/// Sockets are watched edge-triggered for both directions from the start, so that a request costs no call to change what is
/// watched. An event carries the connection's place in a table and a serial number: a place may be given to another connection while
/// an event of the one before is still in the batch, and that one's end must not be taken for the new one's.
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
    private readonly List<EpollWriter> _writers = [];
    private readonly List<EpollReader> _again = [];
    private int _threadId;
    private bool _inRound;
    private int _used;
    private uint _serial;
    private volatile bool _stopping;

    /// <param name="name">Name of the thread.</param>
    /// <param name="onFailure">Told what ended the loop, if it was not <see cref="Dispose"/>.</param>
    /// <param name="server">Is shown what a round received, a few connections at a time, and may serve it.</param>
    public EpollLoop(string name, Action<Exception> onFailure, IRoundServer? server)
    {
        Server = server;
        _onFailure = onFailure;
        NativeSockets.Add(_epoll, _wakeUp, NativeSockets.Readable, WakeUp);
        _thread = new Thread(Run) { IsBackground = true, Name = name };
        _thread.Start();
    }

    /// <summary>Serves the rounds.</summary>
    public IRoundServer? Server { get; }

    /// <summary>Arrays to receive into: for the loop's thread.</summary>
    public BufferStack ReceiveBuffers { get; } = new(EpollReader.BufferBytesMin);

    /// <summary>Arrays for short replies: for the loop's thread.</summary>
    public BufferStack ReplyBuffers { get; } = new(EpollWriter.SetAsideBytesMin);

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
            connection.EventData = ((ulong)_serial++ << 32) | (uint)place;
            Volatile.Write(ref _connections[place], connection);
        }

        try
        {
            NativeSockets.Add(
                _epoll, connection.Descriptor, NativeSockets.Readable | NativeSockets.Writable | NativeSockets.PeerClosed | NativeSockets.EdgeTriggered, connection.EventData);
        }
        catch
        {
            Forget(connection);
            throw;
        }
    }

    /// <summary>Forgets a connection. Before its descriptor is closed.</summary>
    public void Remove(EpollConnection connection)
    {
        NativeSockets.Remove(_epoll, connection.Descriptor);
        Forget(connection);
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

    /// <summary>True on the loop's thread between receiving and sending.</summary>
    public bool IsInRound => _inRound && IsOnThread;

    /// <summary>True on the loop's thread.</summary>
    public bool IsOnThread => Environment.CurrentManagedThreadId == _threadId;

    /// <summary>On the loop's thread, in a round: the writer has something to send at its end.</summary>
    public void SendLater(EpollWriter writer) => _writers.Add(writer);

    /// <summary>On the loop's thread, in a round: there may be more to receive, for which no event comes.</summary>
    public void VisitAgain(EpollReader reader) => _again.Add(reader);

    private void Run()
    {
        _threadId = Environment.CurrentManagedThreadId;
        using var events = new EpollEvents(EventsMax);
        var round = new List<EpollReader>(EventsMax);
        var gone = new List<EpollConnection>();
        try
        {
            while (!_stopping)
            {
                int count = NativeSockets.Wait(_epoll, events, forever: _again.Count == 0);
                for (int i = 0; i < count; i++)
                {
                    ulong data = events.DataAt(i);
                    if (data == WakeUp || Volatile.Read(ref Volatile.Read(ref _connections)[(uint)data]) is not { } connection || connection.EventData != data)
                        continue;
                    if (connection.OnEvents(events.EventsAt(i)))
                        round.Add(connection.Reader);
                    if (connection.IsGone)
                        gone.Add(connection);
                }

                foreach (EpollReader reader in _again)
                {
                    if (reader.TryReceiveForWaiting())
                        round.Add(reader);
                }

                _again.Clear();
                Serve(round);
                foreach (EpollConnection connection in gone)
                    connection.TellIfGone();
                gone.Clear();
            }
        }
        catch (Exception e)
        {
            _onFailure(e);
        }
    }

    /// <summary>Shows connections from one on until there is no room for more; returns the first that was not shown.</summary>
    private int Preview(List<EpollReader> round, int from)
    {
        while (from < round.Count && Server!.HasRoom)
            round[from++].Show(Server);
        Server!.Finish();
        return from;
    }

    private void Forget(EpollConnection connection)
    {
        lock (_lock)
        {
            Volatile.Write(ref _connections[connection.Place], null);
            _free.Push(connection.Place);
        }
    }

    private void Serve(List<EpollReader> round)
    {
        _inRound = true;
        int answered = 0;
        while (answered < round.Count)
        {
            int shown = Server is null ? round.Count : Preview(round, answered);
            while (answered < shown)
                round[answered++].Answer();
        }

        Server?.EndRound();
        _inRound = false;
        round.Clear();
        foreach (EpollWriter writer in _writers)
            writer.SendAside();
        _writers.Clear();
        Server?.Rest();
    }
}
