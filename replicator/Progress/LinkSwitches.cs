using System.Globalization;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Replicator.Progress;

/// <summary>Which peers' links the operator has paused; kept over restarts. File: one region number a line.</summary>
/// <remarks>Thread-safe by a lock.</remarks>
public sealed class LinkSwitches
{
    private readonly Lock _lock = new();
    private readonly string _path;
    private readonly SortedSet<byte> _paused = [];

    public LinkSwitches(string path)
    {
        _path = path;
        if (!File.Exists(path))
            return;
        foreach (string line in File.ReadLines(path))
        {
            if (byte.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out byte region))
                _paused.Add(region);
        }
    }

    public bool IsPaused(byte region)
    {
        lock (_lock)
            return _paused.Contains(region);
    }

    /// <summary>Returns whether anything changed.</summary>
    public bool Set(byte region, bool paused)
    {
        lock (_lock)
        {
            if (!(paused ? _paused.Add(region) : _paused.Remove(region)))
                return false;
            Durable.Replace(_path, System.Text.Encoding.ASCII.GetBytes(string.Concat(_paused.Select(r => string.Create(CultureInfo.InvariantCulture, $"{r}\n")))));
            return true;
        }
    }
}
