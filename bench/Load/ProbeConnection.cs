using System.Net.Sockets;
using System.Text;

namespace MultiCloudKv.Load;

/// <summary>One blocking connection for single commands with short replies. For one thread.</summary>
internal sealed class ProbeConnection : IDisposable
{
    private readonly Socket _socket;
    private readonly byte[] _receive = new byte[64 * 1024];

    public ProbeConnection(string host, int port, string? password)
    {
        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _socket.Connect(host, port);
        if (password is not null && Ask(["AUTH", password]) is not ["OK"])
            throw new IOException("the password was refused");
    }

    /// <summary>Sends one command; scalars of the reply in order (a nil is null).</summary>
    public List<string?> Ask(IReadOnlyList<string> arguments)
    {
        StringBuilder text = new();
        text.Append('*').Append(arguments.Count).Append("\r\n");
        foreach (string argument in arguments)
            text.Append('$').Append(Encoding.UTF8.GetByteCount(argument)).Append("\r\n").Append(argument).Append("\r\n");
        _socket.Send(Encoding.UTF8.GetBytes(text.ToString()));

        int received = 0;
        while (true)
        {
            int got = _socket.Receive(_receive, received, _receive.Length - received, SocketFlags.None);
            if (got == 0)
                throw new IOException("the server closed the connection");
            received += got;
            if (new ReplyScanner().Scan(_receive.AsSpan(0, received), out _) > 0)
                return Scalars(Encoding.UTF8.GetString(_receive, 0, received));
        }
    }

    public void Dispose() => _socket.Dispose();

    private static List<string?> Scalars(string reply)
    {
        List<string?> scalars = [];
        string[] lines = reply.Split("\r\n");
        for (int index = 0; index < lines.Length - 1; index++)
        {
            string line = lines[index];
            switch (line[0])
            {
                case '*':
                    break;
                case '$':
                    scalars.Add(line[1] == '-' ? null : lines[++index]);
                    break;
                case '-':
                    throw new IOException(line);
                default:
                    scalars.Add(line[1..]);
                    break;
            }
        }

        return scalars;
    }
}
