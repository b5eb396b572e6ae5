using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using MultiCloudKv.Foundation;
using MultiCloudKv.Rpc;

namespace MultiCloudKv.Cli.Remote;

/// <summary>
/// A client's connection to a node: commands are gathered by <see cref="Append"/>, sent by <see cref="Flush"/>, and
/// answered in order by <see cref="Read"/>. Blocking; for one thread.
/// </summary>
internal sealed class RespConnection : IDisposable
{
    private readonly Stream _stream;
    private byte[] _out = new byte[64 * 1024];
    private int _outUsed;
    private byte[] _in = new byte[64 * 1024];
    private int _inStart;
    private int _inEnd;

    /// <exception cref="EnvironmentException">Nothing answers there, its certificate is not to be taken, or the password is refused.</exception>
    public RespConnection(int port, string? password, TimeSpan? timeout = null, string host = "127.0.0.1", TlsTrust? tls = null)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        int milliseconds = (int)(timeout ?? TimeSpan.FromSeconds(30)).TotalMilliseconds;
        socket.SendTimeout = milliseconds;
        socket.ReceiveTimeout = milliseconds;
        try
        {
            socket.Connect(host, port);
            _stream = new NetworkStream(socket, ownsSocket: true);
            if (tls is not null)
                _stream = Secured(_stream, host, tls);
        }
        catch (SocketException refused)
        {
            socket.Dispose();
            throw new EnvironmentException($"nothing answers at {host}:{port}: {refused.Message}", refused);
        }
        catch (Exception refused) when (refused is AuthenticationException or IOException)
        {
            socket.Dispose();
            throw new EnvironmentException($"no TLS with {host}:{port}: {refused.Message}", refused);
        }

        if (password is not null && Ask("AUTH", password) is { IsError: true } reply)
        {
            Dispose();
            throw new EnvironmentException($"{host}:{port} refused the password: {reply.Text}");
        }
    }

    public RespValue Ask(params ReadOnlySpan<string> arguments)
    {
        Append(arguments);
        Flush();
        return Read();
    }

    public void Append(params ReadOnlySpan<string> arguments)
    {
        Header('*', arguments.Length);
        foreach (string argument in arguments)
        {
            int bytes = Encoding.UTF8.GetByteCount(argument);
            Header('$', bytes);
            Encoding.UTF8.GetBytes(argument, Room(bytes + 2));
            _outUsed += bytes;
            _out[_outUsed++] = (byte)'\r';
            _out[_outUsed++] = (byte)'\n';
        }
    }

    /// <exception cref="IOException">The connection broke: whether what was sent took effect is not known.</exception>
    public void Flush()
    {
        _stream.Write(_out, 0, _outUsed);
        _outUsed = 0;
    }

    /// <exception cref="IOException">The connection broke.</exception>
    public RespValue Read()
    {
        string line = ReadLine();
        switch (line[0])
        {
            case '$' or '=':
                int length = Number(line);
                return length < 0 ? new RespValue('$', null, []) : new RespValue('$', ReadBytes(length), []);
            case '*' or '~' or '>' or '%':
                int items = Number(line) * (line[0] == '%' ? 2 : 1);
                RespValue[] values = new RespValue[Math.Max(items, 0)];
                for (int index = 0; index < values.Length; index++)
                    values[index] = Read();
                return new RespValue('*', items < 0 ? null : [], values);
            case '_':
                return new RespValue('_', null, []);
            default:
                return new RespValue(line[0], Encoding.UTF8.GetBytes(line[1..]), []);
        }
    }

    public void Dispose() => _stream.Dispose();

    private void Header(char kind, int count)
    {
        Span<byte> room = Room(16);
        room[0] = (byte)kind;
        count.TryFormat(room[1..], out int written, provider: CultureInfo.InvariantCulture);
        room[written + 1] = (byte)'\r';
        room[written + 2] = (byte)'\n';
        _outUsed += written + 3;
    }

    private Span<byte> Room(int bytes)
    {
        if (_outUsed + bytes > _out.Length)
            Array.Resize(ref _out, Math.Max(_out.Length * 2, _outUsed + bytes));
        return _out.AsSpan(_outUsed);
    }

    private string ReadLine()
    {
        int searched = 0;
        while (true)
        {
            int end = _in.AsSpan(_inStart + searched, _inEnd - _inStart - searched).IndexOf((byte)'\n');
            if (end >= 0)
            {
                string line = Encoding.UTF8.GetString(_in, _inStart, searched + end - 1);
                _inStart += searched + end + 1;
                return line;
            }

            searched = _inEnd - _inStart;
            Fill();
        }
    }

    private byte[] ReadBytes(int length)
    {
        while (_inEnd - _inStart < length + 2)
            Fill();
        byte[] bytes = _in.AsSpan(_inStart, length).ToArray();
        _inStart += length + 2;
        return bytes;
    }

    private void Fill()
    {
        if (_inStart > 0)
        {
            _in.AsSpan(_inStart, _inEnd - _inStart).CopyTo(_in);
            _inEnd -= _inStart;
            _inStart = 0;
        }

        if (_inEnd == _in.Length)
            Array.Resize(ref _in, _in.Length * 2);
        int got = _stream.Read(_in.AsSpan(_inEnd));
        if (got == 0)
            throw new IOException("the server closed the connection");
        _inEnd += got;
    }

    private static SslStream Secured(Stream stream, string host, TlsTrust trust)
    {
        var secured = new SslStream(stream, leaveInnerStreamOpen: false, trust.Accepts);
        secured.AuthenticateAsClient(host);
        return secured;
    }

    private static int Number(string line) => int.Parse(line.AsSpan(1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
}
