using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MultiCloudKv.Foundation;
using MultiCloudKv.Rpc;
using MultiCloudKv.Server.Network.Epoll;

namespace MultiCloudKv.Server.Network;

/// <summary>
/// The port clients use: Kestrel's accept loop, limits and drain, without HTTP. Plain connections are polled and served by
/// threads of their own (<see cref="EpollTransportFactory"/>); TLS runs on Kestrel's own sockets.
/// </summary>
/// <remarks>Start once, stop once; <see cref="StopAsync"/> lets connections finish the batch they are in.</remarks>
internal sealed class RespServer : IAsyncDisposable
{
    private readonly RespServerOptions _options;
    private readonly ServiceProvider _services;
    private readonly KestrelServer _kestrel;

    /// <param name="options">Where, and with how many threads.</param>
    /// <param name="handler">Serves a connection.</param>
    /// <param name="loggers">Where to log to.</param>
    /// <param name="onFailure">Told of an exception that ended a serving thread.</param>
    /// <param name="server">Makes what serves a thread's rounds.</param>
    public RespServer(RespServerOptions options, RespConnectionHandler handler, ILoggerFactory loggers, Action<Exception> onFailure, Func<IRoundServer> server)
    {
        _options = options;
        _services = KestrelServices.Build(loggers, options.Certificate is not null);
        IConnectionListenerFactory sockets = options.Certificate is null
            ? new EpollTransportFactory(options.Threads, onFailure, server, options.Processors)
            : new SocketTransportFactory(Options.Create(new SocketTransportOptions { NoDelay = true, UnsafePreferInlineScheduling = true, Backlog = 4096 }), loggers);
        var kestrel = new KestrelServerOptions { ApplicationServices = _services, AddServerHeader = false };
        kestrel.Limits.MaxConcurrentConnections = null;
        kestrel.Limits.MaxConcurrentUpgradedConnections = null;
        kestrel.Listen(options.Listen, listen =>
        {
            listen.Protocols = HttpProtocols.None;
            if (options.Certificate is not null)
                listen.UseHttps(options.Certificate);
            listen.Run(handler.OnConnectedAsync);
        });
        _kestrel = new KestrelServer(Options.Create(kestrel), sockets, loggers);
    }

    /// <summary>The address bound; with port 0 asked for, the one given. Valid after <see cref="StartAsync"/>.</summary>
    public IPEndPoint Bound { get; private set; } = new(IPAddress.None, 0);

    /// <exception cref="EnvironmentException">The port can't be bound.</exception>
    public async Task StartAsync(CancellationToken cancel = default)
    {
        try
        {
            await _kestrel.StartAsync(NoHttp.Instance, cancel);
        }
        catch (Exception e) when (e is IOException or AddressInUseException or SocketException)
        {
            throw new EnvironmentException($"can't listen on {_options.Listen}: {e.Message}", e);
        }

        var bound = new Uri(_kestrel.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First());
        Bound = new IPEndPoint(_options.Listen.Address, bound.Port);
    }

    /// <summary>Accepts nobody new, tells connections to finish, and aborts those that have not when <paramref name="patience"/> ends.</summary>
    public Task StopAsync(CancellationToken patience) => _kestrel.StopAsync(patience);

    public async ValueTask DisposeAsync()
    {
        _kestrel.Dispose();
        await _services.DisposeAsync();
    }

    /// <summary>Kestrel asks for an HTTP application; no endpoint here uses it.</summary>
    private sealed class NoHttp : IHttpApplication<object>
    {
        public static readonly NoHttp Instance = new();

        public object CreateContext(IFeatureCollection contextFeatures) => this;

        public void DisposeContext(object context, Exception? exception)
        {
        }

        public Task ProcessRequestAsync(object context) => Task.CompletedTask;
    }
}
