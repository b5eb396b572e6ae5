using System.Collections.Frozen;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Rpc;

/// <summary>
/// The server side of the gRPC protocol on Kestrel: HTTP/2, one POST per call, length-prefixed messages both ways, the
/// status in the trailers grpc-status and grpc-message.
/// </summary>
/// <remarks>
/// A call runs in numbered steps: 1. method and password are checked, 2. the deadline of grpc-timeout becomes the
/// call's cancellation, 3. the handler reads and writes, 4. its end or its exception becomes the status. Nothing here
/// knows what the messages mean. Thread-safe; every call is its own.
/// </remarks>
public sealed partial class RpcServer : IHttpApplication<HttpContext>, IAsyncDisposable
{
    private readonly RpcServerOptions _options;
    private readonly FrozenDictionary<string, RpcHandler> _handlers;
    private readonly byte[]? _authorization;
    private readonly ServiceProvider _services;
    private readonly KestrelServer _kestrel;
    private readonly SocketTransportFactory _sockets;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stopping = new();

    public RpcServer(RpcServerOptions options, RpcServices services)
    {
        _options = options;
        _handlers = services.Freeze();
        _authorization = options.Password is null ? null : Encoding.UTF8.GetBytes(RpcChannel.AuthorizationValue(options.Password));
        _log = options.Loggers.CreateLogger<RpcServer>();
        _services = KestrelServices.Build(options.Loggers, options.Certificate is not null);
        _sockets = new SocketTransportFactory(Options.Create(new SocketTransportOptions { NoDelay = true, UnsafePreferInlineScheduling = true }), options.Loggers);
        _kestrel = new KestrelServer(Options.Create(Configure(options, _services)), _sockets, options.Loggers);
    }

    /// <summary>The address bound; with port 0 asked for, the one given. Valid after <see cref="StartAsync"/>.</summary>
    public IPEndPoint Bound { get; private set; } = new(IPAddress.None, 0);

    /// <exception cref="EnvironmentException">The port can't be bound.</exception>
    public async Task StartAsync(CancellationToken cancel = default)
    {
        try
        {
            await _kestrel.StartAsync(this, cancel);
        }
        catch (Exception e) when (e is IOException or AddressInUseException or System.Net.Sockets.SocketException)
        {
            throw new EnvironmentException($"can't listen on {_options.Listen}: {e.Message}", e);
        }

        var bound = new Uri(_kestrel.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First());
        Bound = new IPEndPoint(_options.Listen.Address, bound.Port);
    }

    /// <summary>Ends the calls under way, then the connections.</summary>
    public async Task StopAsync(CancellationToken cancel = default)
    {
        await _stopping.CancelAsync();
        await _kestrel.StopAsync(cancel);
    }

    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await StopAsync(patience.Token);
        _kestrel.Dispose();
        await _services.DisposeAsync();
        _stopping.Dispose();
    }

    HttpContext IHttpApplication<HttpContext>.CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    void IHttpApplication<HttpContext>.DisposeContext(HttpContext context, Exception? exception)
    {
    }

    async Task IHttpApplication<HttpContext>.ProcessRequestAsync(HttpContext http)
    {
        if (http.Request.ContentType?.StartsWith("application/grpc", StringComparison.Ordinal) != true)
        {
            http.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return;
        }

        http.Response.ContentType = "application/grpc";
        (RpcStatus status, string message) = await RunAsync(http);
        if (http.RequestAborted.IsCancellationRequested)
            return;
        try
        {
            if (!http.Response.HasStarted)
                await http.Response.StartAsync();
            http.Response.AppendTrailer("grpc-status", ((int)status).ToString(System.Globalization.CultureInfo.InvariantCulture));
            if (message.Length > 0)
                http.Response.AppendTrailer("grpc-message", RpcText.Encode(message));
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or InvalidOperationException)
        {
            LogCallerGone(http.Request.Path, e.Message);
        }
    }

    private async Task<(RpcStatus Status, string Message)> RunAsync(HttpContext http)
    {
        if (!_handlers.TryGetValue(http.Request.Path.Value ?? string.Empty, out RpcHandler? handler))
            return (RpcStatus.Unimplemented, $"no method {http.Request.Path}");
        if (!Authorized(http))
            return (RpcStatus.Unauthenticated, "the password is missing or wrong");
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null;

        using var deadline = new CancellationTokenSource();
        if (RpcTimeout.TryParse(http.Request.Headers[RpcTimeout.Header], out TimeSpan timeout))
            deadline.CancelAfter(timeout);
        using var calls = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, _stopping.Token, deadline.Token);

        try
        {
            await handler(new RpcServerCall(http, _options.MessageBytesMax), new RpcContext(http, calls.Token));
            return (RpcStatus.Ok, string.Empty);
        }
        catch (RpcException e)
        {
            return (e.Status, e.Message);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ConnectionAbortedException)
        {
            if (_stopping.IsCancellationRequested)
                return (RpcStatus.Unavailable, "the server is stopping");
            return deadline.IsCancellationRequested && !http.RequestAborted.IsCancellationRequested
                ? (RpcStatus.DeadlineExceeded, "the deadline passed")
                : (RpcStatus.Cancelled, "the call was cancelled");
        }
        catch (EnvironmentException e)
        {
            return (RpcStatus.FailedPrecondition, e.Message);
        }
        catch (InvariantException e)
        {
            LogFailed(http.Request.Path, e);
            _options.OnFatal(e);
            return (RpcStatus.Internal, e.Message);
        }
        catch (Exception e)
        {
            LogFailed(http.Request.Path, e);
            return (RpcStatus.Internal, e.Message);
        }
    }

    private bool Authorized(HttpContext http) =>
        _authorization is null
        || CryptographicOperations.FixedTimeEquals(_authorization, Encoding.UTF8.GetBytes(http.Request.Headers.Authorization.ToString()));

    private static KestrelServerOptions Configure(RpcServerOptions options, IServiceProvider services)
    {
        var kestrel = new KestrelServerOptions { ApplicationServices = services, AddServerHeader = false, AllowAlternateSchemes = true };
        kestrel.Limits.MaxConcurrentConnections = RpcLimits.ConnectionsMax;
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.Limits.Http2.MaxStreamsPerConnection = RpcLimits.StreamsPerConnectionMax;
        kestrel.Limits.Http2.InitialStreamWindowSize = RpcLimits.StreamWindowBytes;
        kestrel.Limits.Http2.InitialConnectionWindowSize = RpcLimits.ConnectionWindowBytes;
        kestrel.Limits.Http2.MaxFrameSize = 1 << 18;
        kestrel.Limits.Http2.KeepAlivePingDelay = RpcLimits.PingDelay;
        kestrel.Limits.Http2.KeepAlivePingTimeout = RpcLimits.PingTimeout;
        kestrel.Listen(options.Listen, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            if (options.Certificate is not null)
                Microsoft.AspNetCore.Hosting.ListenOptionsHttpsExtensions.UseHttps(listen, options.Certificate);
        });
        return kestrel;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "call {Path} failed")]
    private partial void LogFailed(PathString path, Exception failure);

    [LoggerMessage(Level = LogLevel.Debug, Message = "call {Path} ended without its caller: {Reason}")]
    private partial void LogCallerGone(PathString path, string reason);
}
