namespace MultiCloudKv.Rpc;

/// <summary>
/// A call that did not end with <see cref="RpcStatus.Ok"/>. A service throws it to answer with a status; a client gets
/// it for the status it was answered, and for what its own side found (no connection, deadline, cancellation).
/// </summary>
public sealed class RpcException : Exception
{
    public RpcException()
        : this(RpcStatus.Unknown, string.Empty)
    {
    }

    public RpcException(string message)
        : this(RpcStatus.Unknown, message)
    {
    }

    public RpcException(string message, Exception inner)
        : this(RpcStatus.Unknown, message, inner)
    {
    }

    public RpcException(RpcStatus status, string message, Exception? inner = null)
        : base(message, inner) => Status = status;

    public RpcStatus Status { get; }

    public override string ToString() => $"{Status}: {Message}";
}
