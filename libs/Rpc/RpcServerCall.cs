using Google.Protobuf;
using Microsoft.AspNetCore.Http;

namespace MultiCloudKv.Rpc;

/// <summary>The two directions of one call at the server.</summary>
internal sealed class RpcServerCall(HttpContext http, int messageBytesMax)
{
    /// <summary>Sends the reply's head now: the caller of a stream may wait for it before it says anything.</summary>
    public async Task StartAsync(CancellationToken cancel)
    {
        await http.Response.StartAsync(cancel);
        await http.Response.BodyWriter.FlushAsync(cancel);
    }

    public RpcReader<T> Reader<T>()
        where T : IMessage<T>, new() => new(http.Request.BodyReader, messageBytesMax);

    public RpcWriter<T> Writer<T>()
        where T : IMessage<T>, new() => new(http.Response.BodyWriter);
}
