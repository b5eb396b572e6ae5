using System.Collections.Frozen;
using Google.Protobuf;

namespace MultiCloudKv.Rpc;

/// <summary>
/// The methods a server offers: plain delegates typed by their messages, so that a service knows nothing of how it is
/// carried.
/// </summary>
/// <remarks>Filled at start, then immutable.</remarks>
public sealed class RpcServices
{
    private readonly Dictionary<string, RpcHandler> _handlers = [];

    public RpcServices Unary<TRequest, TReply>(RpcMethod<TRequest, TReply> method, Func<TRequest, RpcContext, ValueTask<TReply>> handle)
        where TRequest : IMessage<TRequest>, new()
        where TReply : IMessage<TReply>, new()
    {
        return Add(method.Path, async (call, context) =>
        {
            TReply reply = await handle(await One<TRequest>(call, context), context);
            await call.Writer<TReply>().WriteAsync(reply, context.Cancel);
        });
    }

    public RpcServices ServerStreaming<TRequest, TReply>(RpcMethod<TRequest, TReply> method, Func<TRequest, RpcWriter<TReply>, RpcContext, Task> handle)
        where TRequest : IMessage<TRequest>, new()
        where TReply : IMessage<TReply>, new()
    {
        return Add(method.Path, async (call, context) =>
        {
            TRequest request = await One<TRequest>(call, context);
            await call.StartAsync(context.Cancel);
            await handle(request, call.Writer<TReply>(), context);
        });
    }

    public RpcServices Duplex<TRequest, TReply>(RpcMethod<TRequest, TReply> method, Func<RpcReader<TRequest>, RpcWriter<TReply>, RpcContext, Task> handle)
        where TRequest : IMessage<TRequest>, new()
        where TReply : IMessage<TReply>, new()
    {
        return Add(method.Path, async (call, context) =>
        {
            await call.StartAsync(context.Cancel);
            await handle(call.Reader<TRequest>(), call.Writer<TReply>(), context);
        });
    }

    internal FrozenDictionary<string, RpcHandler> Freeze() => _handlers.ToFrozenDictionary();

    private static async ValueTask<T> One<T>(RpcServerCall call, RpcContext context)
        where T : IMessage<T>, new()
    {
        RpcReader<T> reader = call.Reader<T>();
        T first = await reader.ReadAsync(context.Cancel)
            ?? throw new RpcException(RpcStatus.Internal, "the call carries no message");
        return await reader.ReadAsync(context.Cancel) is null
            ? first
            : throw new RpcException(RpcStatus.Internal, "the call carries more than one message");
    }

    private RpcServices Add(string path, RpcHandler handler)
    {
        _handlers.Add(path, handler);
        return this;
    }
}
