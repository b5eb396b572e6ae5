using System.Net;
using System.Net.Sockets;

namespace MultiCloudKv.Load.Tests;

public sealed class LoadInTurnTests : IDisposable
{
    private readonly TcpListener[] _servers = [new(IPAddress.Loopback, 0), new(IPAddress.Loopback, 0)];
    private readonly long[] _commands = new long[2];
    private readonly List<int> _turns = [];
    private readonly List<Task> _serving = [];

    public LoadInTurnTests()
    {
        foreach (TcpListener server in _servers)
            server.Start();
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_TwoServers_AreNeverLoadedAtTheSameTime()
    {
        Task<IReadOnlyList<LoadReport>> load = Task.Run(() => LoadInTurn.Run(Options(0), Options(1)), Cancel);
        for (int server = 0; server < _servers.Length; server++)
        {
            for (int connection = 0; connection < Options(server).Connections; connection++)
                _serving.Add(ServeAsync(server, await _servers[server].AcceptSocketAsync(Cancel)));
        }

        IReadOnlyList<LoadReport> reports = await load;
        await Task.WhenAll(_serving);
        Assert.Equal([0, 1, 0, 1, 0, 1, 0, 1], _turns);
        for (int server = 0; server < _servers.Length; server++)
        {
            Assert.InRange(reports[server].Commands, 1, _commands[server]);
            Assert.InRange(reports[server].Seconds, 0.2, double.MaxValue);
        }
    }

    public void Dispose()
    {
        foreach (TcpListener server in _servers)
            server.Dispose();
    }

    private LoadOptions Options(int server) => new()
    {
        Host = "127.0.0.1",
        Port = ((IPEndPoint)_servers[server].LocalEndpoint).Port,
        Mix = [(CommandKind.Set, 100)],
        Connections = 3,
        Warmup = TimeSpan.FromMilliseconds(10),
        Duration = TimeSpan.FromMilliseconds(200),
        Slice = TimeSpan.FromMilliseconds(50),
    };

    /// <summary>Answers each command, of which the first byte is the only asterisk, until the client leaves.</summary>
    private async Task ServeAsync(int server, Socket client)
    {
        using Socket left = client;
        byte[] bytes = new byte[4096];
        while (await client.ReceiveAsync(bytes, Cancel) is > 0 and int got)
        {
            int commands = bytes.AsSpan(0, got).Count((byte)'*');
            lock (_turns)
            {
                _commands[server] += commands;
                if (_turns.Count == 0 || _turns[^1] != server)
                    _turns.Add(server);
            }

            for (int command = 0; command < commands; command++)
                await client.SendAsync("+OK\r\n"u8.ToArray(), Cancel);
        }
    }
}
