namespace MultiCloudKv.Server.Storage;

/// <summary>
/// Per origin and partition the hybrid time up to which nothing more is to come: raised by the last change applied and by
/// heartbeats. It is what this node's own heartbeats say it has applied.
/// </summary>
/// <remarks>Thread-safe; one origin and partition is raised by one pipeline at a time, readers see whole values.</remarks>
internal sealed class AppliedFrontiers
{
    private readonly int _partitions;
    private readonly ulong[]?[] _byOrigin = new ulong[]?[256];
    private readonly Lock _lock = new();

    public AppliedFrontiers(int partitions) => _partitions = partitions;

    public ulong Of(byte origin, int partition) => _byOrigin[origin] is { } row ? Volatile.Read(ref row[partition]) : 0;

    public void Raise(byte origin, int partition, ulong hlc)
    {
        ulong[] row = _byOrigin[origin] ?? AddRow(origin);
        if (hlc > Volatile.Read(ref row[partition]))
            Volatile.Write(ref row[partition], hlc);
    }

    /// <summary>Origins anything was ever heard of, ascending.</summary>
    public IEnumerable<byte> Origins()
    {
        for (int origin = 1; origin < _byOrigin.Length; origin++)
        {
            if (_byOrigin[origin] is not null)
                yield return (byte)origin;
        }
    }

    private ulong[] AddRow(byte origin)
    {
        lock (_lock)
            return _byOrigin[origin] ??= new ulong[_partitions];
    }
}
