using Google.Protobuf;
using MultiCloudKv.Replicator.Progress;
using MultiCloudKv.Rpc;
using MultiCloudKv.Rpc.Messages;

namespace MultiCloudKv.Replicator.Apply;

/// <summary>
/// Batches and heartbeats of one origin on their way to the node, several at a time, and the node's acknowledgements in
/// the same order. What is under way is bounded by bytes: adding waits for room.
/// </summary>
/// <remarks>One pipeline adds and sends; the acknowledgements are read by a loop of its own.</remarks>
internal sealed class ApplyStream : IAsyncDisposable
{
    private const int RequestBytes = 1 << 20;
    private readonly RpcDuplex<ApplyRequest, ApplyReply> _call;
    private readonly CursorBoard _board;
    private readonly Action<UnderWay, ApplyAck> _onAck;
    private readonly long _bytesMax;
    private readonly ulong _epoch;
    private readonly Queue<UnderWay> _underWay = new();
    private readonly Lock _lock = new();
    private ApplyRequest _request;
    private int _requestBytes;
    private ulong _ticket;
    private long _bytes;
    private TaskCompletionSource? _room;
    private Exception? _failure;

    private ApplyStream(RpcDuplex<ApplyRequest, ApplyReply> call, ulong epoch, CursorBoard board, long bytesMax, Action<UnderWay, ApplyAck> onAck)
    {
        _call = call;
        _epoch = epoch;
        _board = board;
        _bytesMax = bytesMax;
        _onAck = onAck;
        _request = new ApplyRequest { Epoch = epoch };
    }

    /// <summary>Bytes sent and not acknowledged.</summary>
    public long BytesUnderWay => Interlocked.Read(ref _bytes);

    public static async ValueTask<ApplyStream> OpenAsync(
        NodeSession node, CursorBoard board, long bytesMax, Action<UnderWay, ApplyAck> onAck, CancellationToken cancel)
    {
        RpcDuplex<ApplyRequest, ApplyReply> call = await node.Channel.DuplexAsync(NodeMethods.Apply, null, cancel);
        return new ApplyStream(call, node.Epoch, board, bytesMax, onAck);
    }

    /// <summary>Adds an order's batch to the request being built; the batch's bytes must stay until <see cref="SendAsync"/>.</summary>
    public void Add(PartitionOrder order, byte origin, bool takenBack)
    {
        ReadOnlyMemory<byte> body = order.Seal();
        var item = new ApplyItem
        {
            Origin = origin,
            Partition = (uint)order.Partition,
            Ticket = ++_ticket,
            Changes = new ChangeBatch
            {
                Count = (uint)order.Batch.Count,
                Body = UnsafeByteOperations.UnsafeWrap(body),
                LastSequence = order.Sequence,
                LastStamp = order.Stamp,
                TakenBack = takenBack,
            },
        };
        Enqueue(item, new UnderWay(_ticket, order.Cursor, null, order.Batch.Count, body.Length));
    }

    public void Add(PartitionOrder order, byte origin, Transports.HeartbeatBody heartbeat, Heartbeat message)
    {
        var item = new ApplyItem { Origin = origin, Partition = (uint)order.Partition, Ticket = ++_ticket, Heartbeat = message };
        Enqueue(item, new UnderWay(_ticket, order.Cursor, heartbeat, 0, 64));
    }

    public bool IsFull => _requestBytes >= RequestBytes;

    public bool IsEmpty => _request.Items.Count == 0;

    /// <summary>Sends what was added; waits first while too much is under way.</summary>
    public async ValueTask SendAsync(CancellationToken cancel)
    {
        if (IsEmpty)
            return;
        ApplyRequest request = _request;
        _request = new ApplyRequest { Epoch = _epoch };
        _requestBytes = 0;
        await _call.Requests.WriteAsync(request, cancel);
        while (WaitForRoom() is { } room)
            await room.WaitAsync(cancel);
    }

    /// <summary>Waits until everything sent is acknowledged.</summary>
    public async ValueTask DrainAsync(CancellationToken cancel)
    {
        while (true)
        {
            Task wait;
            lock (_lock)
            {
                ThrowIfFailed();
                if (_underWay.Count == 0)
                    return;
                wait = Room();
            }

            await wait.WaitAsync(cancel);
        }
    }

    /// <summary>Reads acknowledgements until the call ends. Whatever ends it is thrown.</summary>
    public async Task ReadAcksAsync(CancellationToken cancel)
    {
        try
        {
            while (await _call.Replies.ReadAsync(cancel) is { } reply)
            {
                foreach (ApplyAck ack in reply.Acks)
                    Take(ack);
            }

            throw new RpcException(RpcStatus.Unavailable, "the node ended the apply stream");
        }
        catch (Exception e)
        {
            lock (_lock)
            {
                _failure = e;
                Wake();
            }

            throw;
        }
    }

    public ValueTask DisposeAsync() => _call.DisposeAsync();

    private void Enqueue(ApplyItem item, UnderWay entry)
    {
        _request.Items.Add(item);
        _requestBytes += entry.Bytes;
        lock (_lock)
        {
            _underWay.Enqueue(entry);
            _bytes += entry.Bytes;
        }
    }

    private void Take(ApplyAck ack)
    {
        for (uint left = ack.Count; left > 0; left--)
            Take(ack, ack.Ticket - left + 1);
    }

    private void Take(ApplyAck ack, ulong ticket)
    {
        UnderWay entry;
        lock (_lock)
        {
            if (!_underWay.TryDequeue(out entry!) || entry.Ticket != ticket)
                throw new RpcException(RpcStatus.Internal, $"the node acknowledged item {ticket} out of turn");
            _bytes -= entry.Bytes;
            if (_bytes < _bytesMax || _underWay.Count == 0)
                Wake();
        }

        if (ack.Outcome is ApplyOutcome.Applied or ApplyOutcome.Duplicate)
        {
            if (entry.Heartbeat is { } heartbeat)
                _board.Heartbeat(entry.Cursor.Origin, entry.Cursor.Partition, heartbeat.Frontier, heartbeat.Applied);
            else
                _board.Applied(entry.Cursor);
        }

        _onAck(entry, ack);
    }

    private Task? WaitForRoom()
    {
        lock (_lock)
        {
            ThrowIfFailed();
            return _bytes < _bytesMax ? null : Room();
        }
    }

    private Task Room() => (_room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    private void Wake()
    {
        _room?.TrySetResult();
        _room = null;
    }

    private void ThrowIfFailed()
    {
        if (_failure is not null)
            throw new RpcException(RpcStatus.Unavailable, "the apply stream broke: " + _failure.Message, _failure);
    }
}
