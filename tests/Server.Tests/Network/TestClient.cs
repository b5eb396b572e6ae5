using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using MultiCloudKv.Resp;

namespace MultiCloudKv.Server.Tests.Network;

/// <summary>A blocking client, over TLS when it is told the hash of the certificate to trust, with a deadline on every read; replies come as the text between the frames.</summary>
internal sealed class TestClient : IDisposable
{
    private const int DeadlineMs = 20_000;
    private readonly Socket _socket;
    private readonly Stream _stream;
    private byte[] _buffer = new byte[4096];
    private int _start;
    private int _end;

    public TestClient(int port, string? trusted = null)
    {
        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = DeadlineMs, SendTimeout = DeadlineMs };
        _socket.Connect("127.0.0.1", port);
        _stream = new NetworkStream(_socket);
        if (trusted is null)
            return;
        var secured = new SslStream(_stream, false, (_, certificate, _, _) => certificate?.GetCertHashString() == trusted);
        secured.AuthenticateAsClient("localhost");
        _stream = secured;
    }

    public string Run(string line)
    {
        Send(line + "\r\n");
        return Receive();
    }

    public void Send(string text) => _stream.Write(Encoding.Latin1.GetBytes(text));

    /// <summary>The values of one reply, apart by commas.</summary>
    public string Receive()
    {
        while (true)
        {
            var reader = new RespReader(_buffer.AsSpan(_start, _end - _start));
            if (reader.TrySkipReply())
            {
                string text = Values(_buffer.AsSpan(_start, reader.Position));
                _start += reader.Position;
                return text;
            }

            Fill();
        }
    }

    /// <summary>Leaves without a word: the connection is reset, whatever is under way.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        Dispose();
    }

    public void Dispose()
    {
        _stream.Dispose();
        _socket.Dispose();
    }

    private static string Values(ReadOnlySpan<byte> reply)
    {
        var reader = new RespReader(reply);
        var values = new List<string>();
        while (reader.Position < reply.Length && reader.TryReadFrame())
        {
            if (!reader.IsAggregate)
                values.Add(reader.Type == RespType.Null ? "nil" : Encoding.Latin1.GetString(reader.Value));
        }

        return string.Join(',', values);
    }

    private void Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
            Array.Resize(ref _buffer, _buffer.Length * 2);
        int read = _stream.Read(_buffer, _end, _buffer.Length - _end);
        if (read == 0)
            throw new EndOfStreamException();
        _end += read;
    }
}
