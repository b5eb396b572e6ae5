using System.Runtime.ExceptionServices;
using Confluent.Kafka;

namespace MultiCloudKv.Replicator.Transports.Kafka;

/// <summary>
/// What the readers of a feed have consumed and nobody has taken yet, within a bound: while it is full their threads take no
/// more and the clients stop fetching.
/// </summary>
/// <remarks>Thread-safe by a lock; one taker.</remarks>
internal sealed class KafkaArrivals
{
    private const long BytesMax = 4 << 20;
    private const int MessagesMax = 16 << 10;
    private readonly object _lock = new();
    private List<KafkaArrival> _arrived = [];
    private List<KafkaArrival> _spare = [];
    private TaskCompletionSource _any = New();
    private long _bytes;
    private ExceptionDispatchInfo? _failure;
    private volatile bool _full;
    private bool _closed;

    /// <summary>A reader's thread waits here before it consumes.</summary>
    public void WaitForRoom()
    {
        if (!_full)
            return;
        lock (_lock)
        {
            while (_full && !_closed)
                Monitor.Wait(_lock);
        }
    }

    public void Add(KafkaReader reader, ConsumeResult<Ignore, byte[]> result)
    {
        lock (_lock)
        {
            _arrived.Add(new KafkaArrival(reader, result));
            _bytes += result.Message.Value.Length;
            _full = _bytes >= BytesMax || _arrived.Count >= MessagesMax;
            if (_arrived.Count == 1)
                _any.TrySetResult();
        }
    }

    /// <summary>A reader can't go on: then nothing more is given out, of no other either.</summary>
    public void Fail(Exception why)
    {
        lock (_lock)
        {
            _failure ??= ExceptionDispatchInfo.Capture(why);
            _any.TrySetResult();
        }
    }

    /// <summary>Waits until something has arrived, and takes it all. The list is valid until the next call. Empty: nothing came in time.</summary>
    /// <exception cref="IOException">The topic can't be read on.</exception>
    public async ValueTask<IReadOnlyList<KafkaArrival>> TakeAsync(TimeSpan patience, CancellationToken cancel)
    {
        while (true)
        {
            Task any;
            lock (_lock)
            {
                _failure?.Throw();
                if (_arrived.Count > 0)
                {
                    _spare.Clear();
                    (_arrived, _spare) = (_spare, _arrived);
                    _bytes = 0;
                    _any = New();
                    _full = false;
                    Monitor.PulseAll(_lock);
                    return _spare;
                }

                any = _any.Task;
            }

            try
            {
                await any.WaitAsync(patience, cancel);
            }
            catch (TimeoutException)
            {
                return [];
            }
        }
    }

    /// <summary>Nobody takes any more: readers that wait for room go on to their end.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
            Monitor.PulseAll(_lock);
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
