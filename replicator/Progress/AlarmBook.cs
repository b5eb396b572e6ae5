using Microsoft.Extensions.Logging;

namespace MultiCloudKv.Replicator.Progress;

/// <summary>What an operator must know about now: raised once, kept until its cause is gone, shown by status and metrics.</summary>
/// <remarks>Thread-safe by a lock. One entry per subject; at most <see cref="EntriesMax"/>.</remarks>
public sealed partial class AlarmBook(ILogger<AlarmBook> log)
{
    public const int EntriesMax = 4096;
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, string> _alarms = new(StringComparer.Ordinal);

    public int Count
    {
        get
        {
            lock (_lock)
                return _alarms.Count;
        }
    }

    public void Raise(string subject, string text)
    {
        lock (_lock)
        {
            if (_alarms.TryGetValue(subject, out string? before) && before == text)
                return;
            if (_alarms.Count < EntriesMax)
                _alarms[subject] = text;
        }

        LogRaised(subject, text);
    }

    public void Clear(string subject)
    {
        lock (_lock)
        {
            if (!_alarms.Remove(subject))
                return;
        }

        LogCleared(subject);
    }

    public IReadOnlyList<string> Snapshot()
    {
        lock (_lock)
            return [.. _alarms.Select(a => $"{a.Key}: {a.Value}")];
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "alarm: {Subject}: {Text}")]
    private partial void LogRaised(string subject, string text);

    [LoggerMessage(Level = LogLevel.Information, Message = "alarm over: {Subject}")]
    private partial void LogCleared(string subject);
}
