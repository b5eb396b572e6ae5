using System.Collections.Frozen;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Rpc.Admin;

/// <summary>
/// A process's admin port: a few pages by GET over HTTP/1.1, or HTTPS with a certificate. With a password set, /metrics and all other pages but /healthz and
/// /readyz want it as "Authorization: Bearer …".
/// </summary>
/// <remarks>Thread-safe; pages are made by the caller's thread.</remarks>
public sealed class AdminServer : IHttpApplication<HttpContext>, IAsyncDisposable
{
    private const int ConnectionsMax = 64;
    private readonly IPEndPoint _listen;
    private readonly FrozenDictionary<string, Func<AdminPage>> _pages;
    private readonly byte[]? _authorization;
    private readonly ServiceProvider _services;
    private readonly KestrelServer _kestrel;

    public AdminServer(IPEndPoint listen, string? password, X509Certificate2? certificate, IReadOnlyDictionary<string, Func<AdminPage>> pages, ILoggerFactory? loggers = null)
    {
        loggers ??= NullLoggerFactory.Instance;
        _listen = listen;
        _pages = pages.ToFrozenDictionary();
        _authorization = password is null ? null : Encoding.UTF8.GetBytes(RpcChannel.AuthorizationValue(password));
        _services = KestrelServices.Build(loggers, certificate is not null);
        var options = new KestrelServerOptions { ApplicationServices = _services, AddServerHeader = false };
        options.Limits.MaxConcurrentConnections = ConnectionsMax;
        options.Limits.MaxRequestBodySize = 0;
        options.Listen(listen, o =>
        {
            o.Protocols = HttpProtocols.Http1;
            if (certificate is not null)
                o.UseHttps(certificate);
        });
        _kestrel = new KestrelServer(Options.Create(options), new SocketTransportFactory(Options.Create(new SocketTransportOptions()), loggers), loggers);
    }

    /// <summary>The address bound. Valid after <see cref="StartAsync"/>.</summary>
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
            throw new EnvironmentException($"can't listen on {_listen}: {e.Message}", e);
        }

        Bound = new IPEndPoint(_listen.Address, new Uri(_kestrel.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First()).Port);
    }

    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _kestrel.StopAsync(patience.Token);
        _kestrel.Dispose();
        await _services.DisposeAsync();
    }

    HttpContext IHttpApplication<HttpContext>.CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    void IHttpApplication<HttpContext>.DisposeContext(HttpContext context, Exception? exception)
    {
    }

    async Task IHttpApplication<HttpContext>.ProcessRequestAsync(HttpContext http)
    {
        AdminPage page = PageOf(http);
        http.Response.StatusCode = page.Status;
        http.Response.ContentType = page.ContentType;
        byte[] body = Encoding.UTF8.GetBytes(page.Body);
        http.Response.ContentLength = body.Length;
        await http.Response.BodyWriter.WriteAsync(body, http.RequestAborted);
    }

    private AdminPage PageOf(HttpContext http)
    {
        string path = http.Request.Path.Value ?? "/";
        if (!HttpMethods.IsGet(http.Request.Method) || !_pages.TryGetValue(path, out Func<AdminPage>? page))
            return new AdminPage(404, "text/plain", "no such page\n");
        if (_authorization is not null && path is not ("/healthz" or "/readyz")
            && !CryptographicOperations.FixedTimeEquals(_authorization, Encoding.UTF8.GetBytes(http.Request.Headers.Authorization.ToString())))
        {
            return new AdminPage(401, "text/plain", "the password is missing or wrong\n");
        }

        return page();
    }
}
