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
    private readonly MessageBuffer _buffer;
    private readonly Func<Exception, RpcException>? _translate;

    /// <param name="pipe">Body of the request or reply.</param>
    /// <param name="translate">What a failure of the layer below means, on the client's side.</param>
    public RpcWriter(PipeWriter pipe, Func<Exception, RpcException>? translate = null)
    {
        _pipe = pipe;
        _buffer = new MessageBuffer(pipe);
        _translate = translate;
    }

    /// <summary>Sends one message and flushes it.</summary>
    /// <exception cref="RpcException">The call is gone.</exception>
    public async ValueTask WriteAsync(T message, CancellationToken cancel = default)
    {
        FlushResult result;
        try
        {
            Buffer(message);
            result = await _pipe.FlushAsync(cancel);
        }
        catch (Exception e) when (_translate is not null && IsOfTheCall(e, cancel))
        {
            throw _translate(e);
        }

        if (result.IsCompleted)
            throw new RpcException(RpcStatus.Cancelled, "the other side ended the call");
    }

    /// <summary>A stream that is gone shows as disposed, whether or not the caller gave up at the same time.</summary>
    private static bool IsOfTheCall(Exception e, CancellationToken cancel) =>
        e is IOException or HttpRequestException or InvalidOperationException || (e is OperationCanceledException && !cancel.IsCancellationRequested);

    private void Buffer(T message)
    {
        int length = message.CalculateSize();
        Span<byte> prefix = _buffer.GetSpan(5);
        prefix[0] = 0;
        BinaryPrimitives.WriteUInt32BigEndian(prefix[1..], (uint)length);
        _buffer.Advance(5);
        message.WriteTo(_buffer);
    }
}
