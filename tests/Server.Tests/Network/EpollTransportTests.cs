using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using MultiCloudKv.Server.Network.Epoll;

namespace MultiCloudKv.Server.Tests.Network;

/// <summary>The client port's sockets by themselves: what a pipe over a socket must keep to, with an ordinary socket at the other end.</summary>
public sealed class EpollTransportTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly List<Exception> _failures = [];
    private readonly SemaphoreSlim _connecting = new(1, 1);
    private IConnectionListener _listener = null!;

    public async ValueTask InitializeAsync() =>
        _listener = await new EpollTransportFactory(2, _failures.Add).BindAsync(new IPEndPoint(IPAddress.Loopback, 0), Cancel);

    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        _connecting.Dispose();
        Assert.Empty(_failures);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 40)]
    [InlineData(3, 70_000)]
    [InlineData(4, 1_000_000)]
    public async Task Echo_PiecesOfAnySizeOnManyConnections_ComeBackInOrder(int seed, int pieceMax)
    {
        await Parallel.ForAsync(0, 8, Cancel, async (n, cancel) =>
        {
            (Socket client, ConnectionContext server) = await ConnectAsync();
            using (client)
            await using (server)
            {
                Task echo = EchoAsync(server.Transport);
                var random = new Random((seed * 100) + n);
                byte[] sent = new byte[random.Next(1, pieceMax * 4)];
                random.NextBytes(sent);
                Task sending = Task.Run(
                    async () =>
                    {
                        for (int at = 0; at < sent.Length;)
                        {
                            int length = Math.Min(random.Next(1, pieceMax + 1), sent.Length - at);
                            await client.SendAsync(sent.AsMemory(at, length), cancel);
                            at += length;
                        }

                        client.Shutdown(SocketShutdown.Send);
                    },
                    cancel);
                Assert.Equal(sent, await ReceiveAsync(client, sent.Length));
                await sending.WaitAsync(Patience, cancel);
                await echo.WaitAsync(Patience, cancel);
            }
        });
    }

    [Fact]
    public async Task Write_PeerDoesNotRead_WaitsAndThenAllOfItArrives()
    {
        (Socket client, ConnectionContext server) = await ConnectAsync();
        using (client)
        await using (server)
        {
            byte[] large = new byte[24 << 20];
            new Random(5).NextBytes(large);
            Task<FlushResult> writing = server.Transport.Output.WriteAsync(large, Cancel).AsTask();
            Assert.False(writing.IsCompleted);
            byte[] received = await ReceiveAsync(client, large.Length);
            Assert.False((await writing.WaitAsync(Patience, Cancel)).IsCompleted);
            Assert.Equal(large, received);
        }
    }

    [Fact]
    public async Task Read_PeerSendsAndLeavesAtOnce_BytesComeBeforeTheEnd()
    {
        for (int round = 0; round < 50; round++)
        {
            (Socket client, ConnectionContext server) = await ConnectAsync();
            await using (server)
            {
                Task<ReadResult> early = server.Transport.Input.ReadAsync(NoToken).AsTask();
                await client.SendAsync(new byte[] { 1, 2, 3 }, Cancel);
                client.Dispose();
                ReadResult bytes = await early.WaitAsync(Patience, Cancel);
                Assert.Equal([1, 2, 3], bytes.Buffer.ToArray());
                server.Transport.Input.AdvanceTo(bytes.Buffer.End);
                ReadResult end = await server.Transport.Input.ReadAsync(NoToken).AsTask().WaitAsync(Patience, Cancel);
                Assert.True(end.IsCompleted && end.Buffer.IsEmpty);
                server.Transport.Input.AdvanceTo(end.Buffer.End);
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.Delay(Timeout.Infinite, server.ConnectionClosed).WaitAsync(Patience, Cancel));
            }
        }
    }

    [Fact]
    public async Task Read_WhatWasNotConsumed_IsThereAgain()
    {
        (Socket client, ConnectionContext server) = await ConnectAsync();
        using (client)
        await using (server)
        {
            PipeReader input = server.Transport.Input;
            await client.SendAsync(new byte[] { 1, 2, 3, 4 }, Cancel);
            ReadResult first = await input.ReadAsync(NoToken).AsTask().WaitAsync(Patience, Cancel);
            input.AdvanceTo(first.Buffer.GetPosition(1));
            ReadResult rest = await input.ReadAsync(NoToken).AsTask().WaitAsync(Patience, Cancel);
            Assert.Equal([2, 3, 4], rest.Buffer.ToArray());
            input.AdvanceTo(rest.Buffer.Start, rest.Buffer.End);
            Task<ReadResult> more = input.ReadAsync(NoToken).AsTask();
            Assert.False(more.IsCompleted);
            await client.SendAsync(new byte[] { 5 }, Cancel);
            Assert.Equal([2, 3, 4, 5], (await more.WaitAsync(Patience, Cancel)).Buffer.ToArray());
        }
    }

    [Fact]
    public async Task CancelPendingRead_WhetherAReadWaitsOrComesLater_EndsOneRead()
    {
        (Socket client, ConnectionContext server) = await ConnectAsync();
        using (client)
        await using (server)
        {
            PipeReader input = server.Transport.Input;
            Task<ReadResult> waiting = input.ReadAsync(NoToken).AsTask();
            input.CancelPendingRead();
            Assert.True((await waiting.WaitAsync(Patience, Cancel)).IsCanceled);
            input.CancelPendingRead();
            Assert.True((await input.ReadAsync(NoToken)).IsCanceled);
            Task<ReadResult> next = input.ReadAsync(NoToken).AsTask();
            await client.SendAsync(new byte[] { 9 }, Cancel);
            ReadResult result = await next.WaitAsync(Patience, Cancel);
            Assert.False(result.IsCanceled);
            Assert.Equal([9], result.Buffer.ToArray());
        }
    }

    [Fact]
    public async Task Abort_AReadAndAWriteThatWait_BothEnd()
    {
        (Socket client, ConnectionContext server) = await ConnectAsync();
        using (client)
        await using (server)
        {
            Task<ReadResult> reading = server.Transport.Input.ReadAsync(NoToken).AsTask();
            Task<FlushResult> writing = server.Transport.Output.WriteAsync(new byte[24 << 20], Cancel).AsTask();
            server.Abort(new ConnectionAbortedException());
            Assert.True((await writing.WaitAsync(Patience, Cancel)).IsCompleted);
            Task ended = await Task.WhenAny(reading).WaitAsync(Patience, Cancel);
            Assert.True(ended.IsFaulted || (await reading).IsCompleted);
        }
    }

    [Fact]
    public async Task Bind_PortInUse_SaysSo() =>
        await Assert.ThrowsAsync<AddressInUseException>(async () => await new EpollTransportFactory(1, _failures.Add).BindAsync(_listener.EndPoint, Cancel));

    [Fact]
    public async Task Unbind_NobodyIsAcceptedAnyMore()
    {
        Task<ConnectionContext?> accepting = _listener.AcceptAsync(Cancel).AsTask();
        await _listener.UnbindAsync(Cancel);
        Assert.Null(await accepting.WaitAsync(Patience, Cancel));
    }

    /// <summary>Reads here are called off by CancelPendingRead, never by a token.</summary>
    private static CancellationToken NoToken => CancellationToken.None;

    private static async Task EchoAsync(IDuplexPipe pipe)
    {
        while (true)
        {
            ReadResult read = await pipe.Input.ReadAsync();
            if (read.Buffer.IsEmpty && read.IsCompleted)
                return;
            byte[] bytes = read.Buffer.ToArray();
            pipe.Input.AdvanceTo(read.Buffer.End);
            await pipe.Output.WriteAsync(bytes);
        }
    }

    private static async Task<byte[]> ReceiveAsync(Socket client, int length)
    {
        byte[] all = new byte[length];
        for (int at = 0; at < length;)
        {
            int count = await client.ReceiveAsync(all.AsMemory(at), Cancel).AsTask().WaitAsync(Patience, Cancel);
            Assert.NotEqual(0, count);
            at += count;
        }

        return all;
    }

    private async Task<(Socket Client, ConnectionContext Server)> ConnectAsync()
    {
        await _connecting.WaitAsync(Cancel);
        try
        {
            return await ConnectOneAsync();
        }
        finally
        {
            _connecting.Release();
        }
    }

    private async Task<(Socket Client, ConnectionContext Server)> ConnectOneAsync()
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await client.ConnectAsync(_listener.EndPoint, Cancel);
        ConnectionContext server = (await _listener.AcceptAsync(Cancel).AsTask().WaitAsync(Patience, Cancel))!;
        return (client, server);
    }
}
