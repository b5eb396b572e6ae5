using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Tasks.Sources;
using Microsoft.AspNetCore.Connections;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Server.Network.Epoll;

/// <summary>
/// Reads a socket that an <see cref="EpollLoop"/> watches. A read that finds nothing waits, without a buffer of its own; the
/// loop receives once the socket is readable, and when it has done so for every socket of its round it runs what waited.
/// </summary>
/// <remarks>
/// <para>Who may receive is settled by one word of flags. A reader that is about to wait sets Waiting, unless Ready says that
/// something came meanwhile; the loop takes Waiting away and receives itself, or leaves Ready behind. A receive that fills the
/// buffer leaves Ready too: edges are only told of once. A socket whose peer has closed stays ready forever.</para>
/// <para>Buffers are rented while they hold bytes: a client that is connected and silent takes none.</para>
/// </remarks>
internal sealed class EpollReader(int descriptor) : PipeReader, IValueTaskSource<ReadResult>
{
    private const int BufferBytesMin = 16 << 10;
    private const int BufferBytesMax = 256 << 10;
    private const int Ready = 1;
    private const int Waiting = 2;
    private const int Cancelled = 4;
    private const int PeerGone = 8;
    private ManualResetValueTaskSourceCore<ReadResult> _source;
    private byte[]? _buffer;
    private int _start;
    private int _end;
    private int _nextBytes = BufferBytesMin;
    private bool _allExamined = true;
    private bool _atEnd;
    private int _flags;
    private ConnectionResetException? _broken;

    /// <summary>The loop: what was received and is not taken yet. Between <see cref="OnReadable"/> and <see cref="Answer"/>.</summary>
    public ReadOnlySpan<byte> Received => _buffer.AsSpan(_start, _end - _start);

    /// <summary>Waits for bytes. A read is called off by <see cref="CancelPendingRead"/>, not by a token.</summary>
    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        Invariant.Check(!cancellationToken.CanBeCanceled);
        while (true)
        {
            if (TryRead(out ReadResult result))
                return new ValueTask<ReadResult>(result);
            _source.Reset();
            int flags = Volatile.Read(ref _flags);
            if ((flags & (Ready | Cancelled)) == 0 && Interlocked.CompareExchange(ref _flags, flags | Waiting, flags) == flags)
                return new ValueTask<ReadResult>(this, _source.Version);
        }
    }

    public override bool TryRead(out ReadResult result)
    {
        if ((Volatile.Read(ref _flags) & Cancelled) != 0)
        {
            Interlocked.And(ref _flags, ~Cancelled);
            result = Result(cancelled: true);
            return true;
        }

        if (!_allExamined || _atEnd)
        {
            result = Result(cancelled: false);
            return true;
        }

        if ((Volatile.Read(ref _flags) & Ready) != 0)
        {
            Interlocked.And(ref _flags, ~Ready);
            if (TryReceive())
            {
                result = Result(cancelled: false);
                return true;
            }
        }

        result = default;
        return false;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        _start = consumed.GetInteger() & int.MaxValue;
        _allExamined = _start == _end || (examined.GetInteger() & int.MaxValue) == _end;
        if (_start == _end)
            Return();
    }

    public override void CancelPendingRead()
    {
        Interlocked.Or(ref _flags, Cancelled);
        AnswerCancelled();
    }

    public override void Complete(Exception? exception = null)
    {
        _start = _end = 0;
        _allExamined = _atEnd = true;
        Return();
    }

    /// <summary>The loop: there may be bytes, or the end of them. True when a read waited and can be answered (<see cref="Answer"/>).</summary>
    public bool OnReadable(bool peerGone)
    {
        Interlocked.Or(ref _flags, peerGone ? Ready | PeerGone : Ready);
        while (TakeWaiting())
        {
            Interlocked.And(ref _flags, ~Ready);
            try
            {
                if (TryReceive())
                    return true;
            }
            catch (ConnectionResetException e)
            {
                _broken = e;
                return true;
            }

            int before = Interlocked.Or(ref _flags, Waiting);
            if ((before & Cancelled) != 0)
                AnswerCancelled();
            if ((before & Ready) == 0)
                return false;
        }

        return false;
    }

    /// <summary>The loop: runs what waited for the bytes that came.</summary>
    public void Answer()
    {
        if (_broken is null)
            _source.SetResult(Result(cancelled: false));
        else
            _source.SetException(_broken);
    }

    ReadResult IValueTaskSource<ReadResult>.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<ReadResult>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<ReadResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    private bool TakeWaiting() => (Interlocked.And(ref _flags, ~Waiting) & Waiting) != 0;

    private void AnswerCancelled()
    {
        if (!TakeWaiting())
            return;
        Interlocked.And(ref _flags, ~Cancelled);
        _source.SetResult(Result(cancelled: true));
    }

    private ReadResult Result(bool cancelled) => new(
        _buffer is null ? ReadOnlySequence<byte>.Empty : new ReadOnlySequence<byte>(_buffer, _start, _end - _start), cancelled, _atEnd);

    /// <summary>True when bytes came, or the end.</summary>
    private bool TryReceive()
    {
        MakeRoom();
        int room = _buffer!.Length - _end;
        int count = NativeSockets.Receive(descriptor, _buffer.AsSpan(_end));
        if (count > 0)
        {
            _end += count;
            _allExamined = false;
            _nextBytes = count == room ? Math.Min(BufferBytesMax, _nextBytes * 4) : count < _nextBytes / 4 ? BufferBytesMin : _nextBytes;
            if (count == room || (Volatile.Read(ref _flags) & PeerGone) != 0)
                Interlocked.Or(ref _flags, Ready);
            return true;
        }

        if (_start == _end)
            Return();
        if (count is -NativeSockets.Again or -NativeSockets.Interrupted)
        {
            if (count == -NativeSockets.Interrupted)
                Interlocked.Or(ref _flags, Ready);
            return false;
        }

        if (count < 0)
            throw new ConnectionResetException($"the connection broke: {System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage(-count)}");
        _atEnd = true;
        return true;
    }

    private void MakeRoom()
    {
        if (_buffer is null)
        {
            _buffer = ArrayPool<byte>.Shared.Rent(_nextBytes);
            _start = _end = 0;
        }
        else if (_buffer.Length - _end < BufferBytesMin / 4)
        {
            int held = _end - _start;
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(_nextBytes, checked(held * 2)));
            _buffer.AsSpan(_start, held).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
            _start = 0;
            _end = held;
        }
    }

    private void Return()
    {
        if (_buffer is null)
            return;
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = null;
        _start = _end = 0;
        _allExamined = true;
    }
}
