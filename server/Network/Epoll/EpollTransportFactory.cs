using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Server.Network.Epoll;

/// <summary>
/// A transport for Kestrel whose sockets are polled, read, served and written by a few threads of its own. It stands in for
/// Kestrel's sockets, which spend two receives, two pipes and several scheduled steps on each request (docs/decisions/0005-epoll-transport.md).
/// </summary>
/// <param name="threads">Number of loops.</param>
/// <param name="onFailure">Told of an exception that ended a loop: the process can't go on serving.</param>
/// <param name="server">Makes one for each loop.</param>
/// <param name="processors">What the loops' threads are bound to, or null.</param>
internal sealed class EpollTransportFactory(int threads, Action<Exception> onFailure, Func<IRoundServer>? server = null, ProcessorSet? processors = null) : IConnectionListenerFactory
{
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        try
        {
            return new ValueTask<IConnectionListener>(new EpollListener(endpoint, threads, onFailure, server, processors));
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new AddressInUseException(e.Message, e);
        }
    }
}
