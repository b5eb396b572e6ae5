using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Server.Network.Epoll;

/// <summary>Accepts clients and deals them out to the loops in turn.</summary>
internal sealed class EpollListener : IConnectionListener
{
    private const int Backlog = 4096;
    private static readonly TimeSpan AfterRefusal = TimeSpan.FromMilliseconds(10);
    private readonly Socket _listening;
    private readonly EpollLoop[] _loops;
    private long _accepted;

    /// <exception cref="SocketException">The address can't be bound.</exception>
    public EpollListener(EndPoint endPoint, int threads, Action<Exception> onFailure, Func<IRoundServer>? server, ProcessorSet? processors)
    {
        _listening = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (endPoint is IPEndPoint { Address: var address } && address.Equals(IPAddress.IPv6Any))
                _listening.DualMode = true;
            _listening.Bind(endPoint);
            _listening.Listen(Backlog);
        }
        catch
        {
            _listening.Dispose();
            throw;
        }

        EndPoint = _listening.LocalEndPoint!;
        _loops = [.. Enumerable.Range(0, threads).Select(n => new EpollLoop(string.Create(CultureInfo.InvariantCulture, $"clients-{n}"), onFailure, server?.Invoke(), processors))];
    }

    public EndPoint EndPoint { get; }

    /// <summary>The next client; null once nobody is accepted any more.</summary>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            Socket socket;
            try
            {
                socket = await _listening.AcceptAsync(cancellationToken);
            }
            catch (Exception e) when (e is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted })
            {
                return null;
            }
            catch (SocketException)
            {
                // That client is gone already, or the process has no descriptor left for it.
                await Task.Delay(AfterRefusal, cancellationToken);
                continue;
            }

            try
            {
                socket.NoDelay = true;
                long number = ++_accepted;
                EpollLoop loop = _loops[number % _loops.Length];
                var connection = new EpollConnection(socket, loop, number.ToString(CultureInfo.InvariantCulture));
                loop.Add(connection);
                return connection;
            }
            catch (Exception e) when (e is SocketException or IOException)
            {
                socket.Dispose();
            }
        }
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _listening.Dispose();
        return default;
    }

    /// <summary>May be called on a loop's thread, by whoever waited for a connection's last byte: what ends the threads goes on elsewhere.</summary>
    public async ValueTask DisposeAsync()
    {
        _listening.Dispose();
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        foreach (EpollLoop loop in _loops)
            loop.Dispose();
    }
}
