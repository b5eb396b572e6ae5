using Google.Protobuf;

namespace MultiCloudKv.Rpc;

/// <summary>
/// The client side of the gRPC protocol on HttpClient: one HTTP/2 connection to one address, opened on first use and
/// again after it broke. Each call has its own deadline and cancellation.
/// </summary>
/// <remarks>Thread-safe.</remarks>
public sealed class RpcChannel : IDisposable
{
    private readonly HttpMessageInvoker _http;
    private readonly RpcChannelOptions _options;
    private readonly Uri _address;

    /// <param name="address">host:port.</param>
    /// <param name="options">Password, TLS, limits.</param>
    public RpcChannel(string address, RpcChannelOptions? options = null)
    {
        _options = options ?? new RpcChannelOptions();
        _address = new Uri((_options.Tls is not null ? "https://" : "http://") + address);
        var handler = new SocketsHttpHandler
        {
            ConnectTimeout = RpcLimits.ConnectTimeout,
            KeepAlivePingDelay = RpcLimits.PingDelay,
            KeepAlivePingTimeout = RpcLimits.PingTimeout,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            InitialHttp2StreamWindowSize = RpcLimits.StreamWindowBytes,
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(5),
            EnableMultipleHttp2Connections = true,
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
        };
        if (_options.Tls is { } trust)
            handler.SslOptions.RemoteCertificateValidationCallback = trust.Accepts;
        _http = new HttpMessageInvoker(handler);
    }

    public string Address => _address.Authority;

    /// <summary>The metadata entry a password travels as.</summary>
    public static string AuthorizationValue(string password) => "Bearer " + password;

    /// <exception cref="RpcException">The call did not end well.</exception>
    public async ValueTask<TReply> UnaryAsync<TRequest, TReply>(
        RpcMethod<TRequest, TReply> method, TRequest request, TimeSpan timeout, CancellationToken cancel = default)
        where TRequest : IMessage<TRequest>, new()
        where TReply : IMessage<TReply>, new()
    {
        await using RpcStream<TReply> stream = await StreamAsync(method, request, timeout, cancel);
        TReply reply = await stream.Replies.ReadAsync(cancel) ?? throw new RpcException(RpcStatus.Internal, "the reply carries no message");
        if (await stream.Replies.ReadAsync(cancel) is not null)
            throw new RpcException(RpcStatus.Internal, "the reply carries more than one message");
        return reply;
    }

    /// <summary>Sends the request; the replies stream. A null timeout means no deadline.</summary>
    public async ValueTask<RpcStream<TReply>> StreamAsync<TRequest, TReply>(
        RpcMethod<TRequest, TReply> method, TRequest request, TimeSpan? timeout, CancellationToken cancel = default)
        where TRequest : IMessage<TRequest>, new()
        where TReply : IMessage<TReply>, new()
    {
        var call = new RpcClientCall(_http, _address, method.Path, _options, timeout, cancel);
        try
        {
            RpcWriter<TRequest> writer = await call.OpenAsync<TRequest>();
            try
            {
                await Send(call, writer, request);
            }
            catch (RpcException e) when (e.Status == RpcStatus.Unavailable)
            {
                throw await call.RefusalAsync<TReply>(e);
            }

            call.CompleteRequests();
            return new RpcStream<TReply>(call, await call.ReplyAsync<TReply>());
        }
        catch
        {
            await call.DisposeAsync();
            throw;
        }
    }

    public async ValueTask<RpcDuplex<TRequest, TReply>> DuplexAsync<TRequest, TReply>(
        RpcMethod<TRequest, TReply> method, TimeSpan? timeout, CancellationToken cancel = default)
        where TRequest : IMessage<TRequest>, new()
        where TReply : IMessage<TReply>, new()
    {
        var call = new RpcClientCall(_http, _address, method.Path, _options, timeout, cancel);
        try
        {
            RpcWriter<TRequest> writer = await call.OpenAsync<TRequest>();
            return new RpcDuplex<TRequest, TReply>(call, writer, await call.ReplyAsync<TReply>());
        }
        catch
        {
            await call.DisposeAsync();
            throw;
        }
    }

    public void Dispose() => _http.Dispose();

    private static async ValueTask Send<T>(RpcClientCall call, RpcWriter<T> writer, T request)
        where T : IMessage<T>, new()
    {
        try
        {
            await writer.WriteAsync(request, call.Cancel);
        }
        catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException)
        {
            // A server that refuses a call before reading it has sent a status: that is read from the reply.
            if (e is OperationCanceledException && call.Cancel.IsCancellationRequested)
                throw call.Translate(e);
        }
    }
}
