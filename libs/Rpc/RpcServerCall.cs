using Google.Protobuf;
using Microsoft.AspNetCore.Http;

namespace MultiCloudKv.Rpc;

/// <summary>The two directions of one call at the server.</summary>
internal sealed class RpcServerCall(HttpContext http, int messageBytesMax)
{
    public RpcReader<T> Reader<T>()
        where T : IMessage<T>, new() => new(http.Request.BodyReader, messageBytesMax);

    public RpcWriter<T> Writer<T>()
        where T : IMessage<T>, new() => new(http.Response.BodyWriter);
}
