using MultiCloudKv.Foundation;
using MultiCloudKv.Replicator.Ship;

namespace MultiCloudKv.Replicator.Transports.Kafka;

/// <summary>What Kafka has confirmed, over all producers of this process, and what of that is on disk.</summary>
/// <remarks>Thread-safe by a lock; another one lets one writer of the file in at a time.</remarks>
internal sealed class ShipProgress
{
    private readonly Lock _lock = new();
    private readonly Lock _saving = new();
    private readonly string _path;
    private readonly ShipCounters _counters;
    private readonly uint _generation;
    private readonly FeedStart[] _ends;
    private HistoryId _history;
    private long _position;
    private long _saved;
    private int _topicPartitions;
    private bool _dirty;

    public ShipProgress(string path, uint generation, int partitions, ShipCounters counters)
    {
        _path = path;
        _generation = generation;
        _counters = counters;
        ShippedState state = ShippedState.TryRead(path, generation, partitions) ?? ShippedState.None(generation, partitions);
        _history = state.History;
        _position = _saved = state.Position;
        _ends = [.. state.Ends];
        _topicPartitions = state.TopicPartitions;
    }

    public string Path => _path;

    /// <summary>The checkpoint on disk: what is below it need not be kept for shipping.</summary>
    public long Saved => Interlocked.Read(ref _saved);

    public ShippedState State
    {
        get
        {
            lock (_lock)
                return new ShippedState(_generation, _history, _position, [.. _ends], _topicPartitions);
        }
    }

    /// <summary>Positions count in this history from now on.</summary>
    public void Continue(HistoryId history, long position)
    {
        lock (_lock)
        {
            if (history == _history)
                return;
            _history = history;
            _position = position;
            Interlocked.Exchange(ref _saved, Math.Min(_saved, position));
            _dirty = true;
        }
    }

    public void Confirm(long position, IReadOnlyList<FeedStart> ends)
    {
        lock (_lock)
        {
            foreach (FeedStart end in ends)
            {
                FeedStart before = _ends[end.Partition];
                if ((end.Incarnation, end.Sequence).CompareTo((before.Incarnation, before.Sequence)) > 0)
                    _ends[end.Partition] = end;
            }

            _position = Math.Max(_position, position);
            _dirty = true;
        }

        _counters.Shipped(position);
    }

    /// <summary>The topic's partitions from now on; 0: it is about to be made. On disk when this returns.</summary>
    public void ShipInto(int topicPartitions)
    {
        lock (_lock)
        {
            if (topicPartitions == _topicPartitions)
                return;
            _topicPartitions = topicPartitions;
            _dirty = true;
        }

        Save();
    }

    /// <summary>Writes the checkpoint where it has moved.</summary>
    public void Save()
    {
        lock (_saving)
        {
            ShippedState state;
            lock (_lock)
            {
                if (!_dirty)
                    return;
                _dirty = false;
                state = new ShippedState(_generation, _history, _position, [.. _ends], _topicPartitions);
            }

            state.Save(_path);
            Interlocked.Exchange(ref _saved, state.Position);
        }
    }
}
