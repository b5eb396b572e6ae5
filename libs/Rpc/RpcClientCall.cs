using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using Google.Protobuf;

namespace MultiCloudKv.Rpc;

/// <summary>The client side of one call: its HTTP request, deadline, and how its end becomes a status.</summary>
/// <remarks>Reading and writing may go on at the same time, each by one caller.</remarks>
internal sealed class RpcClientCall : IAsyncDisposable
{
    private readonly HttpMessageInvoker _http;
    private readonly HttpRequestMessage _request;
    private readonly RpcRequestContent _content = new();
    private readonly CancellationTokenSource _cancel;
    private readonly CancellationToken _callers;
    private readonly DateTime? _deadline;
    private readonly int _bytesMax;
    private Task<HttpResponseMessage>? _sent;
    private HttpResponseMessage? _response;
    private PipeWriter? _writer;
    private bool _completed;
    private bool _disposed;

    public RpcClientCall(HttpMessageInvoker http, Uri address, string path, RpcChannelOptions options, TimeSpan? timeout, CancellationToken cancel)
    {
        _http = http;
        _callers = cancel;
        _bytesMax = options.MessageBytesMax;
        _cancel = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        _request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = _content,
        };
        _request.Headers.TE.Add(new System.Net.Http.Headers.TransferCodingWithQualityHeaderValue("trailers"));
        if (options.Password is not null)
            _request.Headers.TryAddWithoutValidation("authorization", RpcChannel.AuthorizationValue(options.Password));
        if (timeout is { } t)
        {
            _request.Headers.TryAddWithoutValidation(RpcTimeout.Header, RpcTimeout.Format(t));
            _deadline = DateTime.UtcNow + t;
            _cancel.CancelAfter(t);
        }
    }

    public CancellationToken Cancel => _cancel.Token;

    /// <summary>Opens the request and returns its writer.</summary>
    public async ValueTask<RpcWriter<T>> OpenAsync<T>()
        where T : IMessage<T>, new()
    {
        _sent = _http.SendAsync(_request, _cancel.Token);
        _ = _sent.ContinueWith(
            t => _content.Fail(t.Exception?.GetBaseException() ?? new OperationCanceledException()),
            CancellationToken.None,
            TaskContinuationOptions.NotOnRanToCompletion | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        try
        {
            _writer = PipeWriter.Create(await _content.Opened.WaitAsync(_cancel.Token), new StreamPipeWriterOptions(leaveOpen: true, minimumBufferSize: 64 << 10));
        }
        catch (Exception e)
        {
            throw Translate(e);
        }

        return new RpcWriter<T>(_writer, Translate);
    }

    /// <summary>Waits for the reply's headers and returns its reader.</summary>
    public async ValueTask<RpcReader<T>> ReplyAsync<T>()
        where T : IMessage<T>, new()
    {
        try
        {
            _response = await _sent!;
            if (_response.StatusCode != HttpStatusCode.OK)
                throw new RpcException(RpcStatus.Unavailable, $"HTTP status {(int)_response.StatusCode}");
            if (Status(_response.Headers) is { } early)
                Check(early);
            Stream body = await _response.Content.ReadAsStreamAsync(_cancel.Token);
            var pipe = PipeReader.Create(body, new StreamPipeReaderOptions(bufferSize: 64 << 10, minimumReadSize: 16 << 10));
            return new RpcReader<T>(pipe, _bytesMax, AtEnd);
        }
        catch (Exception e) when (e is not RpcException)
        {
            throw Translate(e);
        }
    }

    /// <summary>
    /// What to say when a request could not be written: a service that refuses a call may end it before it has read it, and
    /// then its status says more than the broken write.
    /// </summary>
    public async ValueTask<RpcException> RefusalAsync<T>(RpcException written)
        where T : IMessage<T>, new()
    {
        try
        {
            CompleteRequests();
            RpcReader<T> reply = await ReplyAsync<T>();
            await reply.ReadAsync(_cancel.Token);
            return written;
        }
        catch (RpcException said)
        {
            return said.Status == RpcStatus.Unavailable ? written : said;
        }
    }

    public void CompleteRequests()
    {
        if (_completed)
            return;
        _completed = true;
        _content.Complete();
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        _disposed = true;
        await _cancel.CancelAsync();
        CompleteRequests();
        try
        {
            if (_sent is not null)
                (await _sent).Dispose();
        }
        catch (Exception e) when (e is OperationCanceledException or HttpRequestException or IOException)
        {
            // The call is being thrown away; how it ended no longer matters.
        }

        _request.Dispose();
        _cancel.Dispose();
    }

    /// <summary>What an exception of the HTTP layer means for a caller.</summary>
    public RpcException Translate(Exception e)
    {
        if (e is RpcException already)
            return already;
        bool timedOut = _deadline is not null && !_disposed && (_cancel.IsCancellationRequested || _deadline <= DateTime.UtcNow);
        if (timedOut && !_callers.IsCancellationRequested)
            return new RpcException(RpcStatus.DeadlineExceeded, "the deadline passed", e);
        if (_callers.IsCancellationRequested || _disposed)
            return new RpcException(RpcStatus.Cancelled, "the call was cancelled", e);
        return new RpcException(RpcStatus.Unavailable, e.GetBaseException().Message, e);
    }

    private ValueTask AtEnd(Exception? failure, CancellationToken cancel)
    {
        if (failure is not null)
            throw Translate(failure);
        (int Code, string Message) end = Status(_response!.TrailingHeaders)
            ?? throw new RpcException(RpcStatus.Unavailable, "the reply ended without a status");
        Check(end);
        return default;
    }

    private static void Check((int Code, string Message) end)
    {
        if (end.Code != 0)
            throw new RpcException((RpcStatus)end.Code, end.Message);
    }

    private static (int Code, string Message)? Status(System.Net.Http.Headers.HttpResponseHeaders headers)
    {
        if (!headers.TryGetValues("grpc-status", out IEnumerable<string>? codes))
            return null;
        int code = int.TryParse(codes.First(), NumberStyles.None, CultureInfo.InvariantCulture, out int parsed) ? parsed : (int)RpcStatus.Unknown;
        string message = headers.TryGetValues("grpc-message", out IEnumerable<string>? texts) ? RpcText.Decode(texts.First()) : string.Empty;
        return (code, message);
    }
}
