using MultiCloudKv.Binlog;
using MultiCloudKv.Foundation;
using MultiCloudKv.Replicator.Progress;
using MultiCloudKv.Replicator.Transports;

namespace MultiCloudKv.Replicator.Ship;

/// <summary>
/// Turns the node's binlog into messages: reads records from a position on, takes the changes this region originated (its
/// clients' own and those it took back), splits them by partition, and gives them to a sink together with heartbeats.
/// </summary>
/// <remarks>
/// <list type="number">
/// <item>A round reads what is committed, up to <see cref="RoundBytes"/>, and finishes every message it began: nothing lingers.</item>
/// <item>Records of other origins are passed over, but the position moves past them: a restart does not stop short of what follows.</item>
/// <item>Changes a receiver has already are left out by sequence, per partition.</item>
/// <item>A heartbeat goes out once the position has reached the sample's: every change with a smaller stamp is before it.</item>
/// </list>
/// Not thread-safe: one per receiver. Memory is bounded by one round, and the large changes of one record.
/// </remarks>
public sealed class LogShipper : IDisposable
{
    private const int RoundBytes = 1 << 20;
    private const int BufferBytesKeptMax = 1 << 20;
    private readonly ShipperOptions _options;
    private readonly BinlogReader _reader;
    private readonly LogIndex _index;
    private readonly LogTail _tail;
    private readonly Func<NodeSample?> _sample;
    private readonly MessageBuilder?[] _builders;
    private readonly Stack<ByteWriter> _pool = new();
    private readonly List<PooledMessage> _done = [];
    private readonly List<OutMessage> _outgoing = [];
    private readonly Dictionary<int, (ulong Sequence, uint Incarnation, HistoryId History)> _has = [];
    private readonly Queue<LargeChange> _alone = new();
    private readonly Queue<FeedRefusal> _refused = new();
    private readonly Func<int, ulong?> _lastSequenceOf;
    private HistoryId _session;
    private long _sampleSent;
    private int _roundBytes;

    /// <param name="index">Is told what was passed.</param>
    /// <param name="starts">Per partition what the receiver has; partitions that are not named are not shipped.</param>
    /// <param name="position">Where to start: at or before everything the receiver lacks.</param>
    /// <param name="sample">The newest sample of the node, whose heartbeat is to be sent.</param>
    /// <exception cref="EnvironmentException">There is no binlog, or not that far back.</exception>
    public LogShipper(ShipperOptions options, LogIndex index, LogTail tail, Func<NodeSample?> sample, IEnumerable<FeedStart> starts, long position)
    {
        _options = options;
        _index = index;
        _tail = tail;
        _sample = sample;
        _builders = new MessageBuilder?[options.Partitions.Count];
        _lastSequenceOf = partition => _builders[partition]?.Sequence;
        foreach (FeedStart start in starts)
        {
            var builder = new MessageBuilder(start.Partition, options.Region, options.Generation, options.MessageBytes, options.Compress, _pool);
            builder.StartAt(start.Sequence, start.Incarnation);
            _builders[start.Partition] = builder;
            _has[start.Partition] = (start.Sequence, start.Incarnation, start.History);
        }

        _reader = BinlogReader.TryOpen(options.BinlogDirectory) ?? throw new EnvironmentException($"no binlog in {options.BinlogDirectory}");
        if (!_reader.TrySeek(position))
            throw new EnvironmentException($"the binlog no longer holds position {position}");
        _session = _reader.Session;
        Position = position;
    }

    /// <summary>Everything below it has been given to the sink.</summary>
    public long Position { get; private set; }

    /// <summary>Changes given to the sink so far.</summary>
    public long Changes { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>Ships until cancelled, or until the sink throws.</summary>
    /// <exception cref="EnvironmentException">The log can't be read on: its segment is gone, or it was opened at another end.</exception>
    public async Task RunAsync(IMessageSink sink, CancellationToken cancel)
    {
        while (true)
        {
            cancel.ThrowIfCancellationRequested();
            Task next = _tail.Next;
            bool more = Round();
            if (!more)
                Heartbeats();
            long position = _alone.Count == 0 ? _reader.Position : Position;
            while (_refused.TryDequeue(out FeedRefusal refusal))
                await sink.RefuseAsync(refusal, cancel);
            if (_done.Count > 0)
                await SendAsync(sink, position, cancel);
            Position = position;
            if (_alone.Count == 0)
                _index.Pass(_session, position, _lastSequenceOf);
            if (!more && !HeartbeatDue())
                await next.WaitAsync(cancel);
        }
    }

    public void Dispose() => _reader.Dispose();

    /// <summary>Reads one round. True: there may be more to read at once.</summary>
    private bool Round()
    {
        _roundBytes = 0;
        while (_roundBytes < RoundBytes)
        {
            if (_alone.Count > 0)
            {
                Chunk();
                continue;
            }

            BinlogReadStatus status = _reader.Read(out BinlogRecord record);
            if (status == BinlogReadStatus.AtCommitted)
            {
                FlushAll();
                return false;
            }

            if (status == BinlogReadStatus.Reopened)
                Reopen();
            else if (status == BinlogReadStatus.Gone)
                throw new EnvironmentException($"the binlog no longer holds position {_reader.Position}");
            else if (record.Kind == RecordKind.Own)
                Take(record);
            else if (record.Kind == RecordKind.TakenBack)
                TakeBack(record);
            else
                _roundBytes += record.Bytes.Length / 8;
        }

        FlushAll();
        return true;
    }

    private void Take(in BinlogRecord record)
    {
        foreach (ChangeGroup group in record.Groups)
            Take(record.Hlc, record.Incarnation, record.History, group);
    }

    private void TakeBack(in BinlogRecord record)
    {
        RemoteBatch batch = RemoteBatch.Read(record.Body);
        while (batch.MoveNext())
            Take(batch.Hlc, batch.Incarnation, batch.Cursor.History, batch.Group);
    }

    private void Take(ulong hlc, uint incarnation, HistoryId history, in ChangeGroup group)
    {
        int partition = _options.Partitions.Of(group.Slot);
        if (_builders[partition] is not { } builder || !IsWanted(partition, builder, group.Sequence, incarnation, history))
            return;
        _roundBytes += group.Bytes.Length;
        if (_alone.Count == 0 && !builder.IsLarge(group))
        {
            builder.Add(hlc, incarnation, history, group, _done);
            return;
        }

        // What a record holds behind a large change travels alone too, so that it can't overtake it.
        FlushAll();
        _alone.Enqueue(builder.Alone(hlc, incarnation, history, group));
    }

    private void Chunk()
    {
        LargeChange change = _alone.Peek();
        int before = _done.Count;
        if (_builders[change.Header.Partition]!.NextChunk(change, _done))
            _alone.Dequeue();
        _roundBytes += _done[before].Message.Bytes.Length;
    }

    private bool IsWanted(int partition, MessageBuilder builder, ulong sequence, uint incarnation, HistoryId history)
    {
        (ulong has, uint hasIncarnation, HistoryId hasHistory) = _has[partition];
        if (sequence == has && incarnation == hasIncarnation && hasHistory != HistoryId.None && history != hasHistory)
        {
            _refused.Enqueue(new FeedRefusal(partition, FeedRefusalCause.Forked, $"sequence {sequence} is of history {history}, the receiver has it of {hasHistory}: another past"));
            _builders[partition] = null;
            return false;
        }

        if (incarnation < hasIncarnation || (incarnation == hasIncarnation && sequence <= has))
            return false;
        return incarnation > builder.Incarnation || sequence > builder.Sequence;
    }

    private void Heartbeats()
    {
        if (_sample() is not { } sample || sample.Version == _sampleSent || _reader.Position < sample.Position)
            return;
        _sampleSent = sample.Version;
        for (int p = 0; p < _builders.Length; p++)
        {
            StampVector applied = p < sample.Applied.Count ? sample.Applied[p] : new StampVector();
            _builders[p]?.Heartbeat(new HeartbeatBody(sample.Frontier, sample.ClockMs, sample.Waiting, applied), sample.History, sample.Incarnation, _done);
        }
    }

    private bool HeartbeatDue() =>
        _sample() is { } sample && sample.Version != _sampleSent && _reader.Position >= sample.Position;

    private void FlushAll()
    {
        foreach (MessageBuilder? builder in _builders)
            builder?.Flush(_done);
    }

    private async ValueTask SendAsync(IMessageSink sink, long position, CancellationToken cancel)
    {
        _outgoing.Clear();
        foreach (PooledMessage message in _done)
        {
            _outgoing.Add(message.Message);
            Changes += message.Message.Changes;
            Bytes += message.Message.Bytes.Length;
        }

        await sink.SendAsync(_outgoing, position, cancel);
        foreach (PooledMessage message in _done)
        {
            message.Buffer.Clear();
            message.Buffer.Trim(BufferBytesKeptMax);
            _pool.Push(message.Buffer);
        }

        _done.Clear();
    }

    private void Reopen()
    {
        long position = _reader.Position;
        if (!_reader.TrySeek(position))
            throw new EnvironmentException($"the binlog was opened anew and ends before position {position}");
        _session = _reader.Session;
    }
}
