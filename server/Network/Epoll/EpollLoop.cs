using MultiCloudKv.Foundation;

namespace MultiCloudKv.Server.Network.Epoll;

/// <summary>
/// One thread and the sockets it polls. It waits for events, serves those that came in rounds, and rests if writers are to be slowed. A round: 1. receive from up to
/// <see cref="RoundMax"/> sockets that have something, 2. execute what each received (<see cref="IRoundServer"/>, or whoever awaits its read), 3. send the replies. The same few functions, of
/// the kernel and of the store, run for several connections in a row, which the processor's caches reward as long as what belongs to the connections fits them; a reply waits for the round's other
/// commands, and its client has something to do while the next round is served.
/// </summary>
/// <remarks>
/// Sockets are watched edge-triggered for both directions from the start, so that a request costs no call to change what is
/// watched. An event carries the connection's place in a table and a serial number: a place may be given to another connection while
/// an event of the one before is still in the batch, and that one's end must not be taken for the new one's.
/// <see cref="Add"/>, <see cref="Remove"/> and <see cref="Dispose"/> may be called from any thread.
/// </remarks>
internal sealed class EpollLoop : IDisposable
{
    /// <summary>Most connections of a round.</summary>
    public const int RoundMax = 16;

    private const int EventsMax = 256;
    private const ulong WakeUp = ulong.MaxValue;
    private readonly int _epoll = NativeSockets.CreateEpoll();
    private readonly int _wakeUp = NativeSockets.CreateEvent();
    private readonly Action<Exception> _onFailure;
    private readonly ProcessorSet? _processors;
    private readonly Thread _thread;
    private readonly Lock _lock = new();
    private readonly Stack<int> _free = new();
    private EpollConnection?[] _connections = new EpollConnection?[64];
    private readonly List<EpollWriter> _writers = [];
    private readonly List<EpollReader> _again = [];
    private readonly List<EpollReader> _round = new(RoundMax);
    private int _threadId;
    private bool _inRound;
    private int _used;
    private uint _serial;
    private volatile bool _stopping;

    /// <param name="name">Name of the thread.</param>
    /// <param name="onFailure">Told what ended the loop, if it was not <see cref="Dispose"/>.</param>
    /// <param name="server">Is shown what a round received, a few connections at a time, and may serve it.</param>
    /// <param name="processors">What the thread is bound to, or null; where the system refuses, it is not.</param>
    public EpollLoop(string name, Action<Exception> onFailure, IRoundServer? server, ProcessorSet? processors)
    {
        Server = server;
        _onFailure = onFailure;
        _processors = processors;
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
        _ = _processors?.BindThread();
        using var events = new EpollEvents(EventsMax);
        var gone = new List<EpollConnection>();
        try
        {
            while (!_stopping)
            {
                int again = _again.Count;
                int count = NativeSockets.Wait(_epoll, events, forever: again == 0);
                for (int i = 0; i < count; i++)
                {
                    ulong data = events.DataAt(i);
                    if (data == WakeUp || Volatile.Read(ref Volatile.Read(ref _connections)[(uint)data]) is not { } connection || connection.EventData != data)
                        continue;
                    if (connection.OnEvents(events.EventsAt(i)))
                        Take(connection.Reader);
                    if (connection.IsGone)
                        gone.Add(connection);
                }

                for (int i = 0; i < again; i++)
                {
                    if (_again[i].TryReceiveForWaiting())
                        Take(_again[i]);
                }

                _again.RemoveRange(0, again);
                Serve();
                Server?.Rest();
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
    private int Preview(int from)
    {
        while (from < _round.Count && Server!.HasRoom)
            _round[from++].Show(Server);
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

    private void Take(EpollReader reader)
    {
        _round.Add(reader);
        if (_round.Count == RoundMax)
            Serve();
    }

    private void Serve()
    {
        _inRound = true;
        int answered = 0;
        while (answered < _round.Count)
        {
            int shown = Server is null ? _round.Count : Preview(answered);
            while (answered < shown)
                _round[answered++].Answer();
        }

        Server?.EndRound();
        _inRound = false;
        _round.Clear();
        foreach (EpollWriter writer in _writers)
            writer.SendAside();
        _writers.Clear();
    }
}
