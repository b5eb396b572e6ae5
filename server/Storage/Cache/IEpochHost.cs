namespace MultiCloudKv.Server.Storage.Cache;

/// <summary>
/// What the epoch manager asks of the engine that owns the binlog. All calls come from the epoch thread, one at a time.
/// </summary>
public interface IEpochHost
{
    /// <summary>
    /// Makes <paramref name="next"/> the current epoch inside the binlog's append section and remembers the cut: every
    /// record appended before belongs to an older epoch, every later one to <paramref name="next"/>.
    /// </summary>
    void Cut(uint next);

    /// <summary>Adds the System records of the closed epoch (cut position, vectors, cursors, counts): all stripes have passed the cut.</summary>
    void AddSystemRecords(ClosedEpoch closed, SystemRecords records);

    /// <summary>The epoch is in the checkpoint, durable.</summary>
    void Flushed(ClosedEpoch closed);

    /// <summary>An epoch could not be written: the node has to stop. Nothing of the epoch is in the checkpoint.</summary>
    void Failed(Exception reason);
}
