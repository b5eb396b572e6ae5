using System.Text;
using MultiCloudKv.Wire.Tests.Harness;

namespace MultiCloudKv.Wire.Tests;

/// <summary>What one client sets, sends in part or waits for is its own: others on the same thread of the server are answered as if it were not there.</summary>
public sealed class SeveralClientsTests
{
    private const int Clients = 20;

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void Protocol_OfOneClient_IsNotItsNeighbours(string server)
    {
        WireServer target = WireServers.Named(server);
        WireConnection[] clients = [.. Enumerable.Range(0, Clients).Select(_ => target.Connect())];
        for (int i = 0; i < Clients; i += 2)
            clients[i].Run("HELLO 3");
        for (int round = 0; round < 3; round++)
        {
            foreach (WireConnection client in clients)
                client.Send("GET several:absent");
            for (int i = 0; i < Clients; i++)
                Assert.Equal(i % 2 == 0 ? "null" : "nil", clients[i].Receive());
        }

        Close(clients);
    }

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void CommandInParts_OfManyClientsAtOnce_EachAnswered(string server)
    {
        WireServer target = WireServers.Named(server);
        WireConnection[] clients = [.. Enumerable.Range(0, Clients).Select(_ => target.Connect())];
        byte[][] requests = [.. Enumerable.Range(0, Clients).Select(i => Encoding.ASCII.GetBytes($"*3\r\n$3\r\nSET\r\n$9\r\nseveral:{(char)('a' + i)}\r\n$5\r\n{i:00000}\r\n*2\r\n$3\r\nGET\r\n$9\r\nseveral:{(char)('a' + i)}\r\n"))];
        for (int part = 0; part < 5; part++)
        {
            for (int i = 0; i < Clients; i++)
            {
                int from = requests[i].Length * part / 5, to = requests[i].Length * (part + 1) / 5;
                clients[i].SendRaw(requests[i].AsSpan(from, to - from));
            }

            using WireConnection other = target.Connect();
            Assert.Equal("+PONG", other.Run("PING"));
        }

        for (int i = Clients - 1; i >= 0; i--)
        {
            Assert.Equal("+OK", clients[i].Receive());
            Assert.Equal($"\"{i:00000}\"", clients[i].Receive());
        }

        Close(clients);
    }

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void WaitInAPipeline_OfOneClient_RepliesInOrder(string server)
    {
        WireServer target = WireServers.Named(server);
        using WireConnection waiting = target.Connect();
        using WireConnection other = target.Connect();
        waiting.SendRaw("SET several:w 1\r\nDEBUG SLEEP 0.05\r\nINCR several:w\r\nDEBUG SLEEP 0.01\r\nGET several:w\r\nGET"u8);
        Assert.Equal("+PONG", other.Run("PING"));
        waiting.SendRaw(" several:absent\r\n"u8);
        Assert.Equal(["+OK", "+OK", ":2", "+OK", "\"2\"", "nil"], Enumerable.Range(0, 6).Select(_ => waiting.Receive()));
        Assert.Equal("\"2\"", other.Run("GET several:w"));
    }

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void TransactionAndSilence_OfOneClient_AreNotItsNeighbours(string server)
    {
        WireServer target = WireServers.Named(server);
        using WireConnection queueing = target.Connect();
        using WireConnection silent = target.Connect();
        using WireConnection plain = target.Connect();
        Assert.Equal("+OK", queueing.Run("MULTI"));
        silent.Send("CLIENT REPLY OFF");
        for (int i = 1; i <= 3; i++)
        {
            Assert.Equal("+QUEUED", queueing.Run("INCR several:queued"));
            silent.Send("INCR several:silent");
            Assert.Equal($":{i}", plain.Run("INCR several:plain"));
        }

        Assert.Equal("[:1, :2, :3]", queueing.Run("EXEC"));
        Assert.Equal("+OK", silent.Run("CLIENT REPLY ON"));
        Assert.Equal("\"3\"", silent.Run("GET several:silent"));
    }

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void BrokenRequest_OfOneClient_LeavesOthersAlone(string server)
    {
        WireServer target = WireServers.Named(server);
        using WireConnection other = target.Connect();
        for (int i = 0; i < 5; i++)
        {
            using WireConnection broken = target.Connect();
            broken.SendRaw("*2\r\n$3\r\nGET\r\n$x\r\n"u8);
            Assert.Equal("-ERR Protocol error: invalid bulk length", broken.Receive());
            using WireConnection gone = target.Connect();
            gone.SendRaw("*2\r\n$3\r\nGET\r\n$100\r\nab"u8);
            gone.Dispose();
            Assert.Equal("\"a\"", other.Run("ECHO a"));
        }
    }

    private static void Close(WireConnection[] clients)
    {
        foreach (WireConnection client in clients)
            client.Dispose();
    }
}
