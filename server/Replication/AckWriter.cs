using MultiCloudKv.Rpc;
using MultiCloudKv.Rpc.Messages;

namespace MultiCloudKv.Server.Replication;

/// <summary>
/// Acknowledgements of one Apply stream on their way back. Nobody waits for one but the sender's bound on what is under way and its view
/// of the cursors, and a message costs both sides as much as ten changes: so they gather for <see cref="Linger"/>, or until
/// <see cref="GatherBytesMax"/> of changes are applied, and a run of successes is one acknowledgement with a count. Anything but success goes at once.
/// Where no request follows that could take them along, a slow timer sends them: one that fired for each message would cost what is saved.
/// </summary>
/// <remarks>The stream's loop adds; the timer may send meanwhile. What the timer could not send shows at the loop's next call.</remarks>
internal sealed class AckWriter : IAsyncDisposable
{
    private const int GatherBytesMax = 256 << 10;
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan TimerPause = TimeSpan.FromMilliseconds(20);
    private readonly RpcWriter<ApplyReply> _replies;
    private readonly TimeProvider _time;
    private readonly CancellationToken _cancel;
    private readonly SemaphoreSlim _sending = new(1);
    private readonly Lock _lock = new();
    private readonly ITimer _timer;
    private ApplyReply _pending = new();
    private long _gathered;
    private long _since;
    private bool _urgent;
    private bool _armed;
    private Exception? _failure;

    public AckWriter(RpcWriter<ApplyReply> replies, TimeProvider time, CancellationToken cancel)
    {
        _replies = replies;
        _time = time;
        _cancel = cancel;
        _timer = time.CreateTimer(_ => _ = LookAsync(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <param name="ack">Of the item after the last one added.</param>
    /// <param name="bytes">Of the changes it stands for.</param>
    public void Add(ApplyAck ack, int bytes)
    {
        ack.AppliedMs = (ulong)_time.GetUtcNow().ToUnixTimeMilliseconds();
        lock (_lock)
        {
            bool success = IsSuccess(ack);
            _urgent |= !success;
            _gathered += bytes;
            if (_pending.Acks.Count == 0)
                _since = _time.GetTimestamp();
            Arm();
            if (success && _pending.Acks.Count > 0 && _pending.Acks[^1] is { } last && IsSuccess(last))
            {
                last.Ticket = ack.Ticket;
                last.AppliedMs = ack.AppliedMs;
                last.Count++;
                return;
            }

            ack.Count = 1;
            _pending.Acks.Add(ack);
        }
    }

    /// <summary>After each request: sends what should not wait.</summary>
    public ValueTask SettleAsync()
    {
        lock (_lock)
        {
            if (_failure is { } failure)
                throw new RpcException(RpcStatus.Cancelled, "acknowledgements can't be sent: " + failure.Message, failure);
            if (!_urgent && _gathered < GatherBytesMax && !IsOld)
                return default;
        }

        return SendAsync();
    }

    public async ValueTask SendAsync()
    {
        await _sending.WaitAsync(_cancel);
        try
        {
            ApplyReply reply;
            lock (_lock)
            {
                reply = _pending;
                if (reply.Acks.Count == 0)
                    return;
                _pending = new ApplyReply();
                _gathered = 0;
                _urgent = false;
            }

            await _replies.WriteAsync(reply, _cancel);
        }
        finally
        {
            _sending.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        await _sending.WaitAsync(CancellationToken.None);
        _sending.Dispose();
    }

    private bool IsOld => _pending.Acks.Count > 0 && _time.GetElapsedTime(_since) >= Linger;

    /// <summary>Under the lock.</summary>
    private void Arm()
    {
        if (_armed)
            return;
        _armed = true;
        _timer.Change(TimerPause, Timeout.InfiniteTimeSpan);
    }

    private async Task LookAsync()
    {
        lock (_lock)
        {
            _armed = false;
            if (!IsOld)
            {
                if (_pending.Acks.Count > 0)
                    Arm();
                return;
            }
        }

        try
        {
            await SendAsync();
        }
        catch (Exception e)
        {
            lock (_lock)
                _failure ??= e;
        }
    }

    private static bool IsSuccess(ApplyAck ack) => ack.Outcome is ApplyOutcome.Applied or ApplyOutcome.Duplicate;
}
