using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Connections;
using MultiCloudKv.Foundation;
using MultiCloudKv.Server.Network.Epoll;

namespace MultiCloudKv.Server.Tests.Network;

public sealed class EpollReuseTests
{
    private const int PieceBytes = 64 << 10;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>
    /// The loop's thread is held while two events come, so that it then gets them in one batch: a connection can be written to again, another's
    /// peer has left. Whoever waited for the first runs in the middle of the batch, and puts a new connection into the other's place.
    /// </summary>
    [Fact]
    public async Task Place_GivenToAnotherInTheMiddleOfABatch_DoesNotGetTheEventsOfTheOneBefore()
    {
        List<Exception> failures = [];
        IConnectionListener listener = await new EpollTransportFactory(1, failures.Add).BindAsync(new IPEndPoint(IPAddress.Loopback, 0), Cancel);
        (Socket slowClient, EpollConnection slow) = await ConnectAsync(listener);
        (Socket leavingClient, EpollConnection leaving) = await ConnectAsync(listener);
        (Socket holdingClient, EpollConnection holding) = await ConnectAsync(listener);
        using var held = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        try
        {
            OnLoop(holding.Transport.Input.ReadAsync(NoToken), () =>
            {
                held.Set();
                release.Wait(Patience);
            });
            await holdingClient.SendAsync(new byte[1], Cancel);
            Assert.True(held.Wait(Patience, Cancel));

            var place = new TaskCompletionSource<(Socket Client, EpollConnection Server)>();
            (int done, ValueTask<FlushResult> writing) = Fill(slow);
            OnLoop(writing, () =>
            {
                try
                {
                    leaving.DisposeAsync().AsTask().Wait(Patience);
                    place.SetResult(ConnectAsync(listener).WaitAsync(Patience).GetAwaiter().GetResult());
                }
                catch (Exception e)
                {
                    place.SetException(e);
                }
            });
            await DrainAsync(slowClient, done);
            leavingClient.Dispose();
            Assert.False(place.Task.IsCompleted);
            release.Set();

            (Socket client, EpollConnection successor) = await place.Task.WaitAsync(Patience, Cancel);
            using (client)
            await using (successor)
            {
                Assert.Equal(leaving.Place, successor.Place);
                for (byte round = 0; round < 3; round++)
                {
                    Task<ReadResult> reading = successor.Transport.Input.ReadAsync(NoToken).AsTask();
                    await client.SendAsync(new[] { round }, Cancel);
                    ReadResult read = await reading.WaitAsync(Patience, Cancel);
                    Assert.Equal([round], read.Buffer.ToArray());
                    successor.Transport.Input.AdvanceTo(read.Buffer.End);
                    Assert.False(successor.IsGone);
                }

                Assert.False(successor.ConnectionClosed.IsCancellationRequested);
            }
        }
        finally
        {
            release.Set();
            foreach (Socket socket in new[] { slowClient, leavingClient, holdingClient })
                socket.Dispose();
            foreach (EpollConnection connection in new[] { slow, leaving, holding })
                await connection.DisposeAsync();
            await listener.DisposeAsync();
        }

        Assert.Empty(failures);
    }

    private static CancellationToken NoToken => CancellationToken.None;

    [Fact]
    public async Task Loop_GivenProcessors_IsBoundToThem()
    {
        List<Exception> failures = [];
        var last = new ProcessorSet(ProcessorSet.OfProcess().Numbers[^1]);
        IConnectionListener listener = await new EpollTransportFactory(1, failures.Add, processors: last).BindAsync(new IPEndPoint(IPAddress.Loopback, 0), Cancel);
        (Socket client, EpollConnection server) = await ConnectAsync(listener);
        using (client)
        {
            var allowed = new TaskCompletionSource<string?>();
            OnLoop(server.Transport.Input.ReadAsync(NoToken), () => allowed.SetResult(File.ReadLines("/proc/thread-self/status").FirstOrDefault(line => line.StartsWith("Cpus_allowed_list:", StringComparison.Ordinal))));
            await client.SendAsync(new byte[1], Cancel);
            Assert.Equal($"Cpus_allowed_list:\t{last}", await allowed.Task.WaitAsync(Patience, Cancel));
        }

        await server.DisposeAsync();
        await listener.DisposeAsync();
        Assert.Empty(failures);
    }

    /// <summary>Runs something where the result is given: on the loop's thread.</summary>
    private static void OnLoop<T>(ValueTask<T> result, Action action)
    {
        ConfiguredValueTaskAwaitable<T>.ConfiguredValueTaskAwaiter awaiter = result.ConfigureAwait(false).GetAwaiter();
        Assert.False(awaiter.IsCompleted);
        awaiter.UnsafeOnCompleted(() =>
        {
            awaiter.GetResult();
            action();
        });
    }

    /// <summary>Writes until the socket takes no more: how many bytes it has taken of whole writes, and the write that waits.</summary>
    private static (int Done, ValueTask<FlushResult> Waiting) Fill(EpollConnection connection)
    {
        byte[] piece = new byte[PieceBytes];
        for (int done = 0; ; done += PieceBytes)
        {
            ValueTask<FlushResult> writing = connection.Transport.Output.WriteAsync(piece, NoToken);
            if (!writing.IsCompleted)
                return (done, writing);
            Assert.False(writing.Result.IsCompleted);
        }
    }

    private static async Task DrainAsync(Socket client, int bytes)
    {
        byte[] buffer = new byte[PieceBytes];
        for (int read = 0; read < bytes;)
            read += await client.ReceiveAsync(buffer.AsMemory(0, Math.Min(buffer.Length, bytes - read)), Cancel).AsTask().WaitAsync(Patience, Cancel);
    }

    private static async Task<(Socket Client, EpollConnection Server)> ConnectAsync(IConnectionListener listener)
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.Connect(listener.EndPoint);
        ConnectionContext? server = await listener.AcceptAsync(NoToken).AsTask().WaitAsync(Patience).ConfigureAwait(false);
        return (client, Assert.IsType<EpollConnection>(server));
    }
}
