using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using MultiCloudKv.Foundation;
using MultiCloudKv.Rpc.Tests;
using MultiCloudKv.Server.Tests.Storage;

namespace MultiCloudKv.Server.Tests.Network;

public sealed class ServerTests
{
    [Fact]
    public async Task Shutdown_WithClientsConnected_DrainsAndKeepsWhatWasAcknowledged()
    {
        await using var server = new ServerFixture();
        using TestClient client = await server.ConnectAsync();
        Assert.Equal("OK", client.Run("SET k v"));
        Assert.Equal(ExitCodes.Ok, await server.StopAsync());
        Assert.ThrowsAny<IOException>(() => client.Run("PING"));
    }

    [Fact]
    public async Task ShutdownCommand_EndsTheProcessInOrder()
    {
        await using var server = new ServerFixture();
        using TestClient client = await server.ConnectAsync();
        client.Send("SHUTDOWN NOSAVE\r\n");
        Assert.Equal(ExitCodes.Ok, await server.Ended.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task Clients_BeyondTheMaximum_RefusedWithOneLine()
    {
        await using var server = new ServerFixture(client: ", connections-max: 2");
        using TestClient first = await server.ConnectAsync();
        using TestClient second = await server.ConnectAsync();
        Assert.Equal("PONG", first.Run("PING"));
        Assert.Equal("PONG", second.Run("PING"));
        using TestClient third = await server.ConnectAsync();
        Assert.Equal("ERR max number of clients reached", third.Receive());
        Assert.Throws<EndOfStreamException>(third.Receive);
        second.Run("QUIT");
        await TestWait.UntilAsync(() =>
        {
            using TestClient again = server.ConnectAsync().Result;
            return again.Run("PING") == "PONG";
        });
    }

    [Fact]
    public async Task IdleClients_AfterTheTimeout_Closed()
    {
        await using var server = new ServerFixture();
        using TestClient idle = await server.ConnectAsync();
        Assert.Equal("OK", idle.Run("CONFIG SET timeout 1"));
        Assert.ThrowsAny<IOException>(idle.Receive);
    }

    [Fact]
    public async Task Client_ThatDoesNotRead_StopsBeingServed()
    {
        await using var server = new ServerFixture();
        using TestClient client = await server.ConnectAsync();
        Assert.Equal("OK", client.Run("SET big " + new string('x', 60_000)));
        string gets = string.Concat(Enumerable.Repeat("GET big\r\n", 1000));
        long sent = 0;
        Task flood = Task.Run(
            () =>
            {
                while (true)
                {
                    client.Send(gets);
                    Interlocked.Increment(ref sent);
                }
            },
            TestContext.Current.CancellationToken);
        using TestClient other = await server.ConnectAsync();
        long before = -1;
        int still = 0;
        await TestWait.UntilAsync(() =>
        {
            long now = Interlocked.Read(ref sent);
            still = now == before ? still + 1 : 0;
            before = now;
            return now > 0 && still > 50;
        });
        Assert.Equal("PONG", other.Run("PING"));
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true), 0, 256L << 20);
        client.Dispose();
        await Assert.ThrowsAnyAsync<Exception>(() => flood);
    }

    [Fact]
    public async Task Values_BeyondTheCache_LoadedAndTheCommandRepeated()
    {
        await using var server = new ServerFixture("cache-bytes: 16MiB\ndirty-bytes: 4MiB\n");
        using TestClient client = await server.ConnectAsync();
        const int Keys = 3000;
        string value = new('v', 10_000);
        for (int i = 0; i < Keys; i++)
            Assert.Equal("OK", client.Run($"SET key:{i} {value}{i}"));
        for (int i = 0; i < Keys; i += 7)
        {
            client.Send($"MULTI\r\nSET seen {i}\r\nMGET key:{i} key:{(i * 31) % Keys} key:{Keys - 1 - i}\r\nEXEC\r\n");
            Assert.Equal("OK", client.Receive());
            Assert.Equal("QUEUED", client.Receive());
            Assert.Equal("QUEUED", client.Receive());
            Assert.Equal($"OK,{value}{i},{value}{i * 31 % Keys},{value}{Keys - 1 - i}", client.Receive());
        }

        Assert.NotEqual("0", Field(client.Run("INFO stats").ReplaceLineEndings(" "), "command_reloads"));
    }

    [Fact]
    public async Task S8_CommandsThatFindNothingToRemove_WriteNothing()
    {
        await using var server = new ServerFixture();
        using TestClient client = await server.ConnectAsync();
        client.Send("SET string v\r\nHSET hash f v\r\nSADD set m\r\nZADD zset 1 m\r\n");
        for (int i = 0; i < 4; i++)
            client.Receive();
        string before = Written();
        string[] removals =
        [
            "DEL absent:{0}", "UNLINK absent:{0}", "GETDEL absent:{0}", "EXPIRE absent:{0} 100", "PERSIST string", "HDEL hash {0}", "HDEL absent:{0} f", "SREM set {0}", "SREM absent:{0} m",
            "SPOP absent:{0}", "SMOVE set other {0}", "ZREM zset {0}", "ZREM absent:{0} m", "ZPOPMIN absent:{0}", "ZREMRANGEBYSCORE zset 5 {0}5", "ZREMRANGEBYRANK zset 7 9",
        ];
        for (int i = 0; i < 200; i++)
        {
            client.Send(string.Concat(removals.Select(line => string.Format(System.Globalization.CultureInfo.InvariantCulture, line, i) + "\r\n")));
            foreach (string line in removals)
                Assert.True(client.Receive() is "0" or "nil" or "", line);
        }

        Assert.Equal(before, Written());
        Assert.Equal("4", client.Run("DBSIZE"));

        string Written() => Field(client.Run("INFO mckv").ReplaceLineEndings(" "), "binlog_committed");
    }

    [Fact]
    public async Task SyncAlways_RepliesOnlyWhenDurable()
    {
        await using var server = new ServerFixture("binlog: {sync: always}\n");
        using TestClient client = await server.ConnectAsync();
        for (int i = 0; i < 20; i++)
        {
            client.Send($"SET k {i}\r\nINCR n\r\n");
            Assert.Equal("OK", client.Receive());
            Assert.Equal($"{i + 1}", client.Receive());
            string info = client.Run("INFO mckv").ReplaceLineEndings(" ");
            Assert.True(long.Parse(Field(info, "binlog_durable"), null) >= long.Parse(Field(info, "binlog_committed"), null));
        }
    }

    [Fact]
    public async Task Tls_ClientPort_SpeaksItAndNothingElse()
    {
        string hash = "";
        await using var server = new ServerFixture("tls: {certificate: $DIR/c.pem, key: $DIR/k.pem}\n", ", tls: yes", directory =>
        {
            using X509Certificate2 certificate = TestCertificate.Write(directory);
            hash = certificate.GetCertHashString();
        });
        int port = await server.PortAsync();
        using (var client = new TestClient(port, hash))
        {
            Assert.Equal("PONG", client.Run("PING"));
            Assert.Equal("OK", client.Run("SET k " + new string('x', 50_000)));
            Assert.Equal(50_000, client.Run("GET k").Length);
        }

        using var plain = new TestClient(port);
        Assert.ThrowsAny<Exception>(() => plain.Run("PING"));
    }

    [Fact]
    public async Task Port_InUse_OneLineAndItsExitCode()
    {
        using var taken = new TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        int port = ((System.Net.IPEndPoint)taken.LocalEndpoint).Port;
        await using var server = new ServerFixture(port: port);
        EnvironmentException refused = await Assert.ThrowsAsync<EnvironmentException>(() => server.Ended);
        Assert.Equal(ExitCodes.Environment, refused.ExitCode);
        Assert.Contains($"{port}", refused.Message, StringComparison.Ordinal);
    }

    private static string Field(string text, string name)
    {
        int at = Math.Max(text.IndexOf(name + ":", StringComparison.Ordinal), text.IndexOf(name + "=", StringComparison.Ordinal));
        Assert.True(at >= 0, name);
        return text[(at + name.Length + 1)..].Split(' ')[0];
    }
}
