using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Google.Protobuf;

namespace MultiCloudKv.Rpc;

/// <summary>
/// The messages of one direction of a call, as they arrive. On the wire each is
/// [compressed u8 = 0][length u32, big-endian][message] (gRPC over HTTP/2, "Length-Prefixed-Message").
/// </summary>
/// <remarks>One reader at a time.</remarks>
public sealed class RpcReader<T>
    where T : IMessage<T>, new()
{
    private const int PrefixBytes = 5;
    private readonly PipeReader _pipe;
    private readonly MessageParser<T> _parser = new(() => new T());
    private readonly int _bytesMax;
    private readonly Func<Exception?, CancellationToken, ValueTask>? _atEnd;

    /// <param name="pipe">Body of the request or reply.</param>
    /// <param name="bytesMax">A longer message ends the call with <see cref="RpcStatus.ResourceExhausted"/>.</param>
    /// <param name="atEnd">Called once the other side has finished, or failed: turns trailers and transport errors into <see cref="RpcException"/>.</param>
    public RpcReader(PipeReader pipe, int bytesMax, Func<Exception?, CancellationToken, ValueTask>? atEnd = null)
    {
        _pipe = pipe;
        _bytesMax = bytesMax;
        _atEnd = atEnd;
    }

    /// <summary>The next message, or null when the other side has finished.</summary>
    /// <exception cref="RpcException">The other side ended with an error, or sent what is not a message.</exception>
    public async ValueTask<T?> ReadAsync(CancellationToken cancel = default)
    {
        while (true)
        {
            ReadResult result;
            try
            {
                if (!_pipe.TryRead(out result))
                    result = await _pipe.ReadAsync(cancel);
            }
            catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException or InvalidOperationException && _atEnd is not null)
            {
                await _atEnd(e, cancel);
                throw;
            }

            ReadOnlySequence<byte> buffer = result.Buffer;
            if (TryTake(ref buffer, out ReadOnlySequence<byte> body))
            {
                T message = Parse(body);
                _pipe.AdvanceTo(buffer.Start);
                return message;
            }

            if (result.IsCompleted)
            {
                bool torn = !buffer.IsEmpty;
                _pipe.AdvanceTo(buffer.End);
                if (_atEnd is not null)
                    await _atEnd(null, cancel);
                if (torn)
                    throw new RpcException(RpcStatus.Internal, "the stream ended within a message");
                return default;
            }

            _pipe.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    private bool TryTake(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> body)
    {
        body = default;
        if (buffer.Length < PrefixBytes)
            return false;
        Span<byte> prefix = stackalloc byte[PrefixBytes];
        buffer.Slice(0, PrefixBytes).CopyTo(prefix);
        if (prefix[0] != 0)
            throw new RpcException(RpcStatus.Unimplemented, "compressed messages are not supported; send with grpc-encoding identity");
        uint length = BinaryPrimitives.ReadUInt32BigEndian(prefix[1..]);
        if (length > (uint)_bytesMax)
            throw new RpcException(RpcStatus.ResourceExhausted, $"a message of {length} bytes is larger than the limit of {_bytesMax}");
        if (buffer.Length - PrefixBytes < length)
            return false;
        body = buffer.Slice(PrefixBytes, length);
        buffer = buffer.Slice(PrefixBytes + length);
        return true;
    }

    private T Parse(ReadOnlySequence<byte> body)
    {
        try
        {
            return _parser.ParseFrom(body);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new RpcException(RpcStatus.Internal, "a message can't be read: " + e.Message, e);
        }
    }
}
