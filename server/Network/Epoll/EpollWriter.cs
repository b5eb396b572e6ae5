using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Tasks.Sources;

namespace MultiCloudKv.Server.Network.Epoll;

/// <summary>
/// Writes to a socket that an <see cref="EpollLoop"/> watches: at once as much as the socket takes, the rest from the loop as
/// it takes more. A write is done when all of it is the socket's; a peer that is gone shows as completed.
/// </summary>
/// <remarks>The flags settle who sends, as in <see cref="EpollReader"/>. The caller's memory is sent as it stands, so it must stay until the write is done.</remarks>
internal sealed class EpollWriter(int descriptor) : PipeWriter, IValueTaskSource<FlushResult>
{
    private const int Ready = 1;
    private const int Waiting = 2;
    private readonly ArrayBufferWriter<byte> _unflushed = new();
    private ManualResetValueTaskSourceCore<FlushResult> _source;
    private ReadOnlyMemory<byte> _rest;
    private int _flags;

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        _rest = source;
        while (true)
        {
            if (TrySend(out FlushResult result))
                return new ValueTask<FlushResult>(result);
            _source.Reset();
            int flags = Volatile.Read(ref _flags);
            if ((flags & Ready) != 0)
                Interlocked.And(ref _flags, ~Ready);
            else if (Interlocked.CompareExchange(ref _flags, flags | Waiting, flags) == flags)
                return new ValueTask<FlushResult>(this, _source.Version);
        }
    }

    /// <summary>The loop: the socket takes bytes again, or is broken.</summary>
    public void OnWritable()
    {
        int flags = Volatile.Read(ref _flags);
        if ((flags & Ready) == 0)
            flags = Interlocked.Or(ref _flags, Ready);
        if ((flags & Waiting) == 0)
            return;
        Interlocked.And(ref _flags, ~(Ready | Waiting));
        if (TrySend(out FlushResult result))
            _source.SetResult(result);
        else
            Interlocked.Or(ref _flags, Waiting);
    }

    public override Memory<byte> GetMemory(int sizeHint = 0) => _unflushed.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => _unflushed.GetSpan(sizeHint);

    public override void Advance(int bytes) => _unflushed.Advance(bytes);

    public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        FlushResult result = await WriteAsync(_unflushed.WrittenMemory, cancellationToken);
        _unflushed.ResetWrittenCount();
        return result;
    }

    /// <summary>Nothing here cancels a write; whoever wants it to end aborts the connection.</summary>
    public override void CancelPendingFlush()
    {
    }

    public override void Complete(Exception? exception = null) => _rest = default;

    FlushResult IValueTaskSource<FlushResult>.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<FlushResult>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<FlushResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    /// <summary>False when the socket takes no more for now.</summary>
    private bool TrySend(out FlushResult result)
    {
        result = default;
        while (!_rest.IsEmpty)
        {
            int count = NativeSockets.Send(descriptor, _rest.Span);
            if (count >= 0)
            {
                _rest = _rest[count..];
            }
            else if (count == -NativeSockets.Again)
            {
                return false;
            }
            else if (count != -NativeSockets.Interrupted)
            {
                _rest = default;
                result = new FlushResult(isCanceled: false, isCompleted: true);
            }
        }

        return true;
    }
}
