using Google.Protobuf;

namespace MultiCloudKv.Rpc;

/// <summary>A call under way that streams both ways. Disposing it ends the call.</summary>
public sealed class RpcDuplex<TRequest, TReply> : IAsyncDisposable
    where TRequest : IMessage<TRequest>, new()
    where TReply : IMessage<TReply>, new()
{
    private readonly RpcClientCall _call;

    internal RpcDuplex(RpcClientCall call, RpcWriter<TRequest> requests, RpcReader<TReply> replies)
    {
        _call = call;
        Requests = requests;
        Replies = replies;
    }

    public RpcWriter<TRequest> Requests { get; }

    public RpcReader<TReply> Replies { get; }

    /// <summary>Tells the other side that no more requests come.</summary>
    public void Complete() => _call.CompleteRequests();

    public ValueTask DisposeAsync() => _call.DisposeAsync();
}
