using MultiCloudKv.Foundation;

namespace MultiCloudKv.Server.Storage;

/// <summary>
/// Whether this node's own clients may write. Closed at start until it is sure that nothing of its own is missing; also
/// closed while the clock is ahead of every peer, the disk is nearly full or a sync has failed. Changes of other regions
/// do not pass here: they still apply when clients are refused.
/// </summary>
/// <remarks>Thread-safe. The answer is one read of a field; the watching is done elsewhere (<see cref="Set"/>).</remarks>
public sealed class CommitGate
{
    private readonly Lock _lock = new();
    private readonly Dictionary<CommitObstacle, string> _obstacles = [];
    private string? _refusal;

    /// <summary>The error for a client that wants to write, null when it may.</summary>
    public string? Refusal() => Volatile.Read(ref _refusal);

    /// <summary>States an obstacle, or with null that it is gone. Returns true when that is news.</summary>
    public bool Set(CommitObstacle obstacle, string? error)
    {
        lock (_lock)
        {
            bool news = (error is null) == _obstacles.ContainsKey(obstacle);
            if (error is null)
                _obstacles.Remove(obstacle);
            else
                _obstacles[obstacle] = error;
            Volatile.Write(ref _refusal, _obstacles.Count == 0 ? null : _obstacles.MinBy(o => o.Key).Value);
            return news;
        }
    }

    /// <summary>Every obstacle, for status.</summary>
    public IReadOnlyDictionary<string, string> All()
    {
        lock (_lock)
            return _obstacles.ToDictionary(o => o.Key.ToString(), o => o.Value);
    }
}
