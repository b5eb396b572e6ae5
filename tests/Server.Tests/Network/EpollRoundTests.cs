using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using MultiCloudKv.Server.Network.Epoll;

namespace MultiCloudKv.Server.Tests.Network;

public sealed class EpollRoundTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>The loop is held in the first round until one client has filled its socket and the other has sent a byte.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Flood_OfOneClient_LetsAnotherInAfterOneTurn(bool servedInRounds)
    {
        List<Exception> failures = [];
        using var server = new RecordingServer(servedInRounds);
        IConnectionListener listener = await new EpollTransportFactory(1, failures.Add, () => server).BindAsync(new IPEndPoint(IPAddress.Loopback, 0), Cancel);
        using Socket flood = await ConnectAsync(listener, server, "flood");
        using Socket other = await ConnectAsync(listener, server, "other");
        flood.SendTimeout = (int)Patience.TotalMilliseconds;
        byte[] many = new byte[256 << 10];
        await flood.SendAsync(many, Cancel);
        Assert.True(server.Held.Wait(Patience, Cancel));
        flood.Blocking = false;
        int sent = 0;
        while (sent < 4 << 20 && flood.Send(many, 0, many.Length, SocketFlags.None, out SocketError error) is var count && error == SocketError.Success)
            sent += count;
        Assert.True(sent > many.Length);
        await other.SendAsync(new byte[1], Cancel);
        server.Release.Set();
        Assert.True(SpinWait.SpinUntil(() => server.Turns.Contains("other"), Patience));
        Assert.InRange(Array.IndexOf(server.Turns, "other"), 1, 2);
        flood.Dispose();
        other.Dispose();
        await Task.WhenAll(server.Connections).WaitAsync(Patience, Cancel);
        await listener.DisposeAsync();
        Assert.Empty(failures);
    }

    /// <summary>While the loop is held in its first round, more clients ask than one round takes.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Requests_OfManyClientsAtOnce_AreServedInRoundsOfBoundedSize(bool servedInRounds)
    {
        const int Clients = (2 * EpollLoop.RoundMax) + 3;
        List<Exception> failures = [];
        using var server = new RecordingServer(servedInRounds);
        IConnectionListener listener = await new EpollTransportFactory(1, failures.Add, () => server).BindAsync(new IPEndPoint(IPAddress.Loopback, 0), Cancel);
        using Socket first = await ConnectAsync(listener, server, "first");
        var clients = new List<Socket>();
        for (int i = 0; i < Clients; i++)
            clients.Add(await ConnectAsync(listener, server, "client"));
        await first.SendAsync(new byte[1], Cancel);
        Assert.True(server.Held.Wait(Patience, Cancel));
        foreach (Socket client in clients)
            await client.SendAsync(new byte[1], Cancel);
        server.Release.Set();
        Assert.True(SpinWait.SpinUntil(() => server.RoundSizes.Sum() == Clients + 1, Patience));
        Assert.Equal(EpollLoop.RoundMax, server.RoundSizes.Max());
        clients.ForEach(client => client.Dispose());
        first.Dispose();
        await Task.WhenAll(server.Connections).WaitAsync(Patience, Cancel);
        await listener.DisposeAsync();
        Assert.Empty(failures);
    }

    private static async Task<Socket> ConnectAsync(IConnectionListener listener, RecordingServer server, string name)
    {
        var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(listener.EndPoint, Cancel);
        ConnectionContext connection = (await listener.AcceptAsync(Cancel))!;
        connection.Features.Get<IRoundConnection>()!.Attach(name);
        server.Connections.Add(ReadAllAsync(connection, server, name));
        return client;
    }

    private static async Task ReadAllAsync(ConnectionContext connection, RecordingServer server, string name)
    {
        try
        {
            while (true)
            {
                ReadResult read = await connection.Transport.Input.ReadAsync(CancellationToken.None);
                if (read.IsCompleted)
                    break;
                server.Note(name);
                connection.Transport.Input.AdvanceTo(read.Buffer.End);
            }
        }
        catch (ConnectionResetException)
        {
            // The client left without reading what was never sent.
        }

        await connection.DisposeAsync();
    }

    /// <summary>Notes whose turn it was, and waits in the first.</summary>
    private sealed class RecordingServer(bool serves) : IRoundServer, IDisposable
    {
        private readonly List<string> _turns = [];
        private readonly List<int> _roundSizes = [];
        private int _ended;

        public ManualResetEventSlim Held { get; } = new();

        public ManualResetEventSlim Release { get; } = new();

        public List<Task> Connections { get; } = [];

        public string[] Turns
        {
            get
            {
                lock (_turns)
                    return [.. _turns];
            }
        }

        /// <summary>How many turns each round had.</summary>
        public int[] RoundSizes
        {
            get
            {
                lock (_turns)
                    return [.. _roundSizes];
            }
        }

        public bool HasRoom => true;

        public void Add(byte[] bytes, int start, int length)
        {
        }

        public void Finish()
        {
        }

        public bool TryServe(object owner, byte[] bytes, int start, int length)
        {
            if (serves)
                Note((string)owner);
            return serves;
        }

        public void EndRound()
        {
            lock (_turns)
            {
                _roundSizes.Add(_turns.Count - _ended);
                _ended = _turns.Count;
            }
        }

        public void Rest()
        {
        }

        public void Note(string name)
        {
            lock (_turns)
                _turns.Add(name);
            if (Held.IsSet)
                return;
            Held.Set();
            Release.Wait(Patience);
        }

        public void Dispose()
        {
            Held.Dispose();
            Release.Dispose();
        }
    }
}
