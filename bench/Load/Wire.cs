using System.Net.Sockets;
using System.Text;

namespace MultiCloudKv.Load;

/// <summary>One connection of a load: what is to be sent, what was received, and when each unanswered command was due.</summary>
internal sealed class Wire : IDisposable
{
    private const int ReceiveBytes = 256 * 1024;
    private const int ConnectAttemptsMs = 5000;

    private readonly Socket _socket;
    private readonly byte[] _receive = new byte[ReceiveBytes];
    private readonly long[] _due;
    private byte[] _send = new byte[64 * 1024];
    private int _sendStart;
    private int _sendEnd;
    private int _received;
    private int _dueHead;

    public Wire(string host, int port, string? password, int outstandingMax)
    {
        _due = new long[outstandingMax];
        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _socket.ReceiveTimeout = ConnectAttemptsMs;
        _socket.Connect(host, port);
        if (password is not null)
            Authenticate(password);
        _socket.Blocking = false;
        Descriptor = (int)_socket.Handle;
    }

    public int Descriptor { get; }

    public ReplyScanner Scanner { get; } = new();

    public int Outstanding { get; private set; }

    public bool HasRoom => Outstanding < _due.Length;

    public bool HasUnsent => _sendStart < _sendEnd;

    /// <summary>Room for one more command, due at <paramref name="due"/>.</summary>
    public Span<byte> Append(int bytes, long due)
    {
        if (_sendEnd + bytes > _send.Length)
        {
            if (_sendStart > 0)
            {
                _send.AsSpan(_sendStart, _sendEnd - _sendStart).CopyTo(_send);
                _sendEnd -= _sendStart;
                _sendStart = 0;
            }

            if (_sendEnd + bytes > _send.Length)
                Array.Resize(ref _send, Math.Max(_send.Length * 2, _sendEnd + bytes));
        }

        Span<byte> room = _send.AsSpan(_sendEnd, bytes);
        _sendEnd += bytes;
        int tail = _dueHead + Outstanding;
        _due[tail >= _due.Length ? tail - _due.Length : tail] = due;
        Outstanding++;
        return room;
    }

    public void Send()
    {
        _sendStart += NativeSockets.Send(Descriptor, _send, _sendStart, _sendEnd - _sendStart);
        if (_sendStart == _sendEnd)
            _sendStart = _sendEnd = 0;
    }

    /// <summary>Takes what has arrived and records, for each command it answers, the time since that was due.</summary>
    public int Receive(long now, double nanosecondsPerTick, LatencyHistogram? latencies)
    {
        _received += NativeSockets.Receive(Descriptor, _receive, _received);
        int answered = Scanner.Scan(_receive.AsSpan(0, _received), out int used);
        _receive.AsSpan(used, _received - used).CopyTo(_receive);
        _received -= used;
        for (int index = 0; index < answered; index++)
        {
            latencies?.Record((long)((now - _due[_dueHead]) * nanosecondsPerTick));
            if (++_dueHead == _due.Length)
                _dueHead = 0;
        }

        Outstanding -= answered;
        return answered;
    }

    public void Dispose() => _socket.Dispose();

    private void Authenticate(string password)
    {
        _socket.Send(Encoding.UTF8.GetBytes($"*2\r\n$4\r\nAUTH\r\n${Encoding.UTF8.GetByteCount(password)}\r\n{password}\r\n"));
        byte[] reply = new byte[256];
        int got = _socket.Receive(reply);
        if (got == 0 || reply[0] != '+')
            throw new IOException("the password was refused: " + Encoding.UTF8.GetString(reply, 0, got).Trim());
    }
}
