using System.Text;
using MultiCloudKv.Wire.Tests.Harness;

namespace MultiCloudKv.Wire.Tests;

public sealed class ProtocolTests
{
    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void InlineCommands_MixedWithArrays_AnsweredInOrder(string server)
    {
        using WireConnection connection = WireServers.Named(server).Connect();
        connection.SendRaw("PING\r\n*2\r\n$4\r\nECHO\r\n$1\r\na\r\nECHO \"b \\x41\"\n\r\n*0\r\n*-1\r\nECHO 'c'\r\n"u8);
        Assert.Equal(["+PONG", "\"a\"", "\"b A\"", "\"c\""], Enumerable.Range(0, 4).Select(_ => connection.Receive()));
    }

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void Request_OneByteAtATime_Answered(string server)
    {
        using WireConnection connection = WireServers.Named(server).Connect();
        foreach (byte b in "*3\r\n$3\r\nSET\r\n$7\r\nbytes:k\r\n$5\r\nhello\r\n*2\r\n$3\r\nGET\r\n$7\r\nbytes:k\r\n"u8.ToArray())
            connection.SendRaw([b]);
        Assert.Equal("+OK", connection.Receive());
        Assert.Equal("\"hello\"", connection.Receive());
    }

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void Pipeline_OfManyCommands_AnsweredInOrder(string server)
    {
        using WireConnection connection = WireServers.Named(server).Connect();
        const int Count = 5000;
        var pipeline = new StringBuilder();
        for (int i = 0; i < Count; i++)
            pipeline.Append($"ECHO {i}\r\n");
        connection.SendRaw(Encoding.ASCII.GetBytes(pipeline.ToString()));
        for (int i = 0; i < Count; i++)
            Assert.Equal($"\"{i}\"", connection.Receive());
    }

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void LargeValue_ThereAndBack_TheSame(string server)
    {
        using WireConnection connection = WireServers.Named(server).Connect();
        byte[] value = new byte[8 * 1024 * 1024];
        Array.Fill(value, (byte)'v');
        Assert.Equal("+OK", connection.Run(["SET"u8.ToArray(), "large:k"u8.ToArray(), value]));
        Assert.Equal($":{value.Length}", connection.Run("STRLEN large:k"));
        Assert.Equal(value.Length + 2, connection.Run("GET large:k").Length);
        Assert.Equal(":1", connection.Run("DEL large:k"));
    }

    [Theory]
    [MemberData(nameof(Malformed))]
    public void Malformed_AnsweredAndClosed(string server, string request, string error)
    {
        using WireConnection connection = WireServers.Named(server).Connect();
        connection.SendRaw(Encoding.ASCII.GetBytes(request));
        Assert.Equal(error, connection.Receive());
        Assert.ThrowsAny<IOException>(connection.Receive);
    }

    public static TheoryData<string, string, string> Malformed()
    {
        var data = new TheoryData<string, string, string>();
        foreach (string server in WireServers.Names)
        {
            data.Add(server, "*3\r\n$3\r\nSET\r\n$1\r\nx\r\nfooz\r\n", "-ERR Protocol error: expected '$', got 'f'");
            data.Add(server, "*3\r\n$3\r\nSET\r\n$1\r\nx\r\n$-10\r\n", "-ERR Protocol error: invalid bulk length");
            data.Add(server, "*3\r\n$3\r\nSET\r\n$1\r\nx\r\n$2000000000\r\n", "-ERR Protocol error: invalid bulk length");
            data.Add(server, "*3\r\n$3\r\nSET\r\n$1\r\nx\r\n$blabla\r\n", "-ERR Protocol error: invalid bulk length");
            data.Add(server, "*20000000000\r\n", "-ERR Protocol error: invalid multibulk length");
            data.Add(server, "*x\r\n", "-ERR Protocol error: invalid multibulk length");
            data.Add(server, "SET \"a\r\n", "-ERR Protocol error: unbalanced quotes in request");
            data.Add(server, new string('1', 70_000), "-ERR Protocol error: too big inline request");
            data.Add(server, "*" + new string('1', 70_000), "-ERR Protocol error: too big mbulk count string");
        }

        return data;
    }
}
