using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace MultiCloudKv.Wire.Tests.Harness;

/// <summary>
/// One client connection that speaks RESP by its own few lines, so that the product's reader and writer are judged by
/// something they share no code with, and that shows each reply as one line of text which tells every RESP type apart:
/// <code>
/// +OK        simple string      -ERR text   error            :1        integer       "text"   bulk string
/// nil        null bulk string   nil-array   null array       null      RESP3 null    ,1.5     double
/// [a, b]     array              {k: v}      map              ~[a, b]   set           >[a, b]  push
/// #t         boolean            (123        big number       =txt:text verbatim string
/// </code>
/// Bytes outside printable ASCII, quotes and backslashes stand escaped in bulk strings, as in redis-cli.
/// </summary>
/// <remarks>Blocking, with a deadline on every read. Owned by one test.</remarks>
public sealed class WireConnection : IDisposable
{
    private const int DeadlineMs = 20_000;
    private readonly Socket _socket;
    private readonly NetworkStream _network;
    private readonly BufferedStream _stream;

    public WireConnection(int port)
    {
        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = DeadlineMs };
        _socket.Connect("127.0.0.1", port);
        _network = new NetworkStream(_socket);
        _stream = new BufferedStream(_network, 64 * 1024);
    }

    /// <summary>Sends one command, written as a line of words (see <see cref="WireLine"/>), and gives its reply as text.</summary>
    public string Run(string line) => Run(WireLine.Words(line));

    public string Run(IReadOnlyList<byte[]> words)
    {
        Send(words);
        return Receive();
    }

    public void Send(string line) => Send(WireLine.Words(line));

    public void Send(IReadOnlyList<byte[]> words)
    {
        using var message = new MemoryStream();
        message.Write(Encoding.ASCII.GetBytes($"*{words.Count}\r\n"));
        foreach (byte[] word in words)
        {
            message.Write(Encoding.ASCII.GetBytes($"${word.Length}\r\n"));
            message.Write(word);
            message.Write("\r\n"u8);
        }

        SendRaw(message.ToArray());
    }

    public void SendRaw(ReadOnlySpan<byte> bytes)
    {
        _network.Write(bytes);
    }

    /// <summary>The next reply as text.</summary>
    public string Receive()
    {
        var text = new StringBuilder();
        Receive(text);
        return text.ToString();
    }

    public void Dispose()
    {
        _stream.Dispose();
        _socket.Dispose();
    }

    private void Receive(StringBuilder text)
    {
        string line = ReadLine();
        string rest = line[1..];
        switch (line[0])
        {
            case '$':
                AppendBulk(text, rest);
                break;
            case '=':
                text.Append('=').Append(Encoding.UTF8.GetString(ReadBlob(Length(rest))));
                break;
            case '*' when rest == "-1":
                text.Append("nil-array");
                break;
            case '*':
                AppendItems(text, "[", Length(rest), "]");
                break;
            case '~':
                AppendItems(text, "~[", Length(rest), "]");
                break;
            case '>':
                AppendItems(text, ">[", Length(rest), "]");
                break;
            case '%':
                AppendMap(text, Length(rest));
                break;
            case '_':
                text.Append("null");
                break;
            default:
                text.Append(line);
                break;
        }
    }

    private void AppendBulk(StringBuilder text, string length)
    {
        if (length == "-1")
            text.Append("nil");
        else
            WireLine.Quote(text, ReadBlob(Length(length)));
    }

    private void AppendItems(StringBuilder text, string open, int count, string close)
    {
        text.Append(open);
        for (int i = 0; i < count; i++)
        {
            if (i > 0)
                text.Append(", ");
            Receive(text);
        }

        text.Append(close);
    }

    private void AppendMap(StringBuilder text, int count)
    {
        text.Append('{');
        for (int i = 0; i < count; i++)
        {
            if (i > 0)
                text.Append(", ");
            Receive(text);
            text.Append(": ");
            Receive(text);
        }

        text.Append('}');
    }

    private byte[] ReadBlob(int length)
    {
        var blob = new byte[length + 2];
        _stream.ReadExactly(blob);
        Assert.Equal("\r\n"u8, blob.AsSpan(length));
        return blob[..length];
    }

    private string ReadLine()
    {
        var line = new StringBuilder();
        while (true)
        {
            int next = _stream.ReadByte();
            if (next < 0)
                throw new EndOfStreamException($"the server closed the connection after '{line}'");
            if (next == '\n' && line.Length > 1 && line[^1] == '\r')
                return line.ToString(0, line.Length - 1);
            line.Append((char)next);
        }
    }

    private static int Length(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
