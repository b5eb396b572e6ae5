using Google.Protobuf;

namespace MultiCloudKv.Rpc;

/// <summary>A method of a service, typed by its messages; both sides name it by the same object.</summary>
/// <param name="Service">Full name with package, as in the proto file.</param>
/// <param name="Name">Name of the method, as in the proto file.</param>
public sealed record RpcMethod<TRequest, TReply>(string Service, string Name)
    where TRequest : IMessage<TRequest>, new()
    where TReply : IMessage<TReply>, new()
{
    public string Path { get; } = $"/{Service}/{Name}";
}
