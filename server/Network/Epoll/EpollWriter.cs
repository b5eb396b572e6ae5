using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Tasks.Sources;

namespace MultiCloudKv.Server.Network.Epoll;

/// <summary>
/// Writes to a socket that an <see cref="EpollLoop"/> watches. A short reply to what the loop has just read is set aside and sent
/// with the other replies of the loop's round; anything else is sent at once, as much as the socket takes, and the rest from the
/// loop as it takes more. A peer that is gone shows as completed.
/// </summary>
/// <remarks>
/// A write is done when its bytes are set aside or the socket's. While bytes that were set aside wait for the socket, a further write
/// waits for them: a client that does not read holds up one short reply, no more. The flags settle who sends, as in
/// <see cref="EpollReader"/>; memory of a write that is not done is sent as it stands.
/// </remarks>
internal sealed class EpollWriter(int descriptor, EpollLoop loop) : PipeWriter, IValueTaskSource<FlushResult>
{
    /// <summary>Size of a buffer for replies unless they want more.</summary>
    public const int SetAsideBytesMin = 1 << 10;

    private const int SetAsideBytesMax = 16 << 10;
    private const int Ready = 1;
    private const int Waiting = 2;
    private readonly ArrayBufferWriter<byte> _unflushed = new();
    private readonly Lock _sending = new();
    private ManualResetValueTaskSourceCore<FlushResult> _source;
    private ReadOnlyMemory<byte> _rest;
    private byte[]? _aside;
    private int _asideStart;
    private int _asideEnd;
    private int _flags;
    private bool _closed;

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        if (loop.IsInRound && TrySetAside(source.Span))
            return default;
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
        {
            if (_asideEnd > 0)
                SendAside();
            return;
        }

        Interlocked.And(ref _flags, ~(Ready | Waiting));
        if (TrySend(out FlushResult result))
            _source.SetResult(result);
        else
            Interlocked.Or(ref _flags, Waiting);
    }

    /// <summary>Sends what was set aside, or as much of it as the socket takes: at the end of a round, when the socket takes bytes again, and before it is closed.</summary>
    public void SendAside()
    {
        lock (_sending)
            TrySendAside();
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

    /// <summary>The socket is about to be closed: what was set aside goes out if it can, and nothing after it.</summary>
    public override void Complete(Exception? exception = null)
    {
        lock (_sending)
        {
            TrySendAside();
            _closed = true;
            ReturnAside();
        }
    }

    FlushResult IValueTaskSource<FlushResult>.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<FlushResult>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<FlushResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    /// <summary>In a round: false when bytes set aside earlier still wait, or there is no room beside them.</summary>
    public bool TrySetAside(ReadOnlySpan<byte> bytes)
    {
        lock (_sending)
        {
            if (_closed || _asideStart > 0 || bytes.Length > SetAsideBytesMax - _asideEnd)
                return false;
            if (_asideEnd == 0)
                loop.SendLater(this);
            if (_aside is null && bytes.Length <= SetAsideBytesMin)
                _aside = loop.ReplyBuffers.Take();
            else if (_aside is null || _aside.Length - _asideEnd < bytes.Length)
                GrowAside(bytes.Length);
            bytes.CopyTo(_aside.AsSpan(_asideEnd));
            _asideEnd += bytes.Length;
            return true;
        }
    }

    private void GrowAside(int more)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(SetAsideBytesMin, _asideEnd + more));
        if (_aside is not null)
        {
            _aside.AsSpan(0, _asideEnd).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_aside);
        }

        _aside = larger;
    }

    private void ReturnAside()
    {
        if (_aside is not null && loop.IsOnThread)
            loop.ReplyBuffers.Give(_aside);
        else if (_aside is not null)
            ArrayPool<byte>.Shared.Return(_aside);
        _aside = null;
        _asideStart = _asideEnd = 0;
    }

    /// <summary>True when nothing set aside is left; also when the peer is gone, and it was dropped.</summary>
    private bool TrySendAside()
    {
        while (_asideStart < _asideEnd && !_closed)
        {
            int count = NativeSockets.Send(descriptor, _aside.AsSpan(_asideStart, _asideEnd - _asideStart));
            if (count >= 0)
                _asideStart += count;
            else if (count == -NativeSockets.Again)
                return false;
            else if (count != -NativeSockets.Interrupted)
                break;
        }

        ReturnAside();
        return true;
    }

    /// <summary>False when the socket takes no more for now.</summary>
    private bool TrySend(out FlushResult result)
    {
        result = default;
        lock (_sending)
        {
            if (!TrySendAside())
                return false;
            while (!_rest.IsEmpty)
            {
                int count = _closed ? -1 : NativeSockets.Send(descriptor, _rest.Span);
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
}
