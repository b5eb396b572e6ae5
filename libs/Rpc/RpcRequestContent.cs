using System.Net;
using System.Net.Http.Headers;

namespace MultiCloudKv.Rpc;

/// <summary>The body of a call: hands its stream out and stays open until told that no more comes.</summary>
internal sealed class RpcRequestContent : HttpContent
{
    private readonly TaskCompletionSource<Stream> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public RpcRequestContent() => Headers.ContentType = new MediaTypeHeaderValue("application/grpc");

    public Task<Stream> Opened => _opened.Task;

    public void Complete() => _completed.TrySetResult();

    public void Fail(Exception reason)
    {
        _opened.TrySetException(reason);
        _ = _opened.Task.Exception;
        _completed.TrySetResult();
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        // A handler that found its connection closing may send the request again on another one; what the first one took is gone.
        if (_opened.Task.IsCompleted)
            throw new HttpRequestException("the connection closed while the call began");

        // The headers go out now: the other side may answer before the first message is written.
        await stream.FlushAsync(cancellationToken);
        _opened.TrySetResult(stream);
        await _completed.Task.WaitAsync(cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = -1;
        return false;
    }
}
