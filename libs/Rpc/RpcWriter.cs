using System.Buffers.Binary;
using System.IO.Pipelines;
using Google.Protobuf;

namespace MultiCloudKv.Rpc;

/// <summary>Sends the messages of one direction of a call. A write returns when the other side's flow-control window took it: that is the back-pressure.</summary>
/// <remarks>One writer at a time.</remarks>
public sealed class RpcWriter<T>
    where T : IMessage<T>, new()
{
    private readonly PipeWriter _pipe;

    public RpcWriter(PipeWriter pipe) => _pipe = pipe;

    /// <summary>Sends one message and flushes it.</summary>
    /// <exception cref="IOException">The call is gone.</exception>
    public async ValueTask WriteAsync(T message, CancellationToken cancel = default)
    {
        Buffer(message);
        FlushResult result = await _pipe.FlushAsync(cancel);
        if (result.IsCompleted)
            throw new RpcException(RpcStatus.Cancelled, "the other side ended the call");
    }

    private void Buffer(T message)
    {
        int length = message.CalculateSize();
        Span<byte> prefix = _pipe.GetSpan(5);
        prefix[0] = 0;
        BinaryPrimitives.WriteUInt32BigEndian(prefix[1..], (uint)length);
        _pipe.Advance(5);
        message.WriteTo(_pipe);
    }
}
