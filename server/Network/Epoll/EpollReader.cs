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
/// <para>A round receives from a socket once. What else is there waits for the next round (<see cref="EpollLoop.VisitAgain"/>), or a client that sends
/// faster than it is served would keep the loop for itself.</para>
/// <para>Buffers are rented while they hold bytes: a client that is connected and silent takes none. Neighbours begin at different places in
/// them, because buffers of one size fall onto the same lines of the processor's first cache.</para>
/// </remarks>
internal sealed class EpollReader(int descriptor, EpollLoop loop) : PipeReader, IValueTaskSource<ReadResult>
{
    /// <summary>Size of a buffer unless more is seen to come at a time.</summary>
    public const int BufferBytesMin = 16 << 10;

    private const int BufferBytesMax = 256 << 10;
    private const int ShiftBytes = 192;
    private const int Shifts = 16;
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

    /// <summary>Whom the loop's <see cref="IRoundServer"/> serves with what is received, null for nobody: then reads get it all.</summary>
    public object? Owner { get; set; }

    /// <summary>The loop: shows what was received and is not taken yet. Between <see cref="OnReadable"/> and <see cref="Answer"/>.</summary>
    public void Show(IRoundServer server)
    {
        if (_buffer is not null)
            server.Add(_buffer, _start, _end - _start);
    }

    /// <summary>Waits for bytes. A read is called off by <see cref="CancelPendingRead"/>, not by a token.</summary>
    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        Invariant.Check(!cancellationToken.CanBeCanceled);
        while (true)
        {
            if (TryTake(out ReadResult result))
                return new ValueTask<ReadResult>(result);
            int flags = Volatile.Read(ref _flags);
            bool ready = (flags & Ready) != 0;
            if (ready && !loop.IsInRound)
            {
                if (TryReceiveIfReady())
                    return new ValueTask<ReadResult>(Result(cancelled: false));
                continue;
            }

            _source.Reset();
            if ((flags & Cancelled) != 0 || Interlocked.CompareExchange(ref _flags, flags | Waiting, flags) != flags)
                continue;
            if (ready)
                loop.VisitAgain(this);
            return new ValueTask<ReadResult>(this, _source.Version);
        }
    }

    public override bool TryRead(out ReadResult result)
    {
        if (TryTake(out result))
            return true;
        if (!TryReceiveIfReady())
            return false;
        result = Result(cancelled: false);
        return true;
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
        return TryReceiveForWaiting();
    }

    /// <summary>The loop: has the bytes that came served, or answers the read that waited for them.</summary>
    public void Answer()
    {
        if (_broken is not null)
        {
            _source.SetException(_broken);
            return;
        }

        if (_atEnd || Owner is null || loop.Server is not { } server || !server.TryServe(Owner, _buffer!, _start, _end - _start))
        {
            _source.SetResult(Result(cancelled: false));
            return;
        }

        _start = _end;
        _allExamined = true;
        Return();
        if (WaitsAgain())
            loop.VisitAgain(this);
    }

    /// <summary>The loop: receives on behalf of a read that waits. True when something came and can be answered (<see cref="Answer"/>).</summary>
    public bool TryReceiveForWaiting()
    {
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

            if (!WaitsAgain())
                return false;
        }

        return false;
    }

    private bool TryTake(out ReadResult result)
    {
        if ((Volatile.Read(ref _flags) & Cancelled) != 0)
        {
            Interlocked.And(ref _flags, ~Cancelled);
            result = Result(cancelled: true);
            return true;
        }

        result = !_allExamined || _atEnd ? Result(cancelled: false) : default;
        return !_allExamined || _atEnd;
    }

    private bool TryReceiveIfReady()
    {
        if ((Volatile.Read(ref _flags) & Ready) == 0)
            return false;
        Interlocked.And(ref _flags, ~Ready);
        return TryReceive();
    }

    /// <summary>The read waits on. True when something may have come meanwhile.</summary>
    private bool WaitsAgain()
    {
        int before = Interlocked.Or(ref _flags, Waiting);
        if ((before & Cancelled) != 0)
            AnswerCancelled();
        return (before & Ready) != 0;
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
            _buffer = _nextBytes == BufferBytesMin && loop.IsOnThread ? loop.ReceiveBuffers.Take() : ArrayPool<byte>.Shared.Rent(_nextBytes);
            _start = _end = descriptor % Shifts * ShiftBytes;
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
        if (loop.IsOnThread)
            loop.ReceiveBuffers.Give(_buffer);
        else
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = null;
        _start = _end = 0;
        _allExamined = true;
    }
}
