using Google.Protobuf;

namespace MultiCloudKv.Rpc;

/// <summary>A call under way whose replies stream. Disposing it ends the call.</summary>
public sealed class RpcStream<TReply> : IAsyncDisposable
    where TReply : IMessage<TReply>, new()
{
    private readonly RpcClientCall _call;

    internal RpcStream(RpcClientCall call, RpcReader<TReply> replies)
    {
        _call = call;
        Replies = replies;
    }

    public RpcReader<TReply> Replies { get; }

    public ValueTask DisposeAsync() => _call.DisposeAsync();
}
