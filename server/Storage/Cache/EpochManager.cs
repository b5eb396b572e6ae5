namespace MultiCloudKv.Server.Storage.Cache;

/// <summary>Closes epochs and writes them to the checkpoint.</summary>
public sealed class EpochManager
{
    /// <summary>Number of the open epoch.</summary>
    public uint Current => throw new NotSupportedException();

    /// <summary>Starts the epoch thread. Before that, nothing is ever flushed but by <see cref="CloseAsync"/>.</summary>
    public void Start(IEpochHost host) => throw new NotSupportedException();

    /// <summary>Closes the open epoch, also an empty one; the task ends when it is durable in the checkpoint.</summary>
    public Task<ClosedEpoch> CloseAsync() => throw new NotSupportedException();

    /// <summary>Ends the epoch thread without closing the open epoch; a flush under way is finished first.</summary>
    public void Stop() => throw new NotSupportedException();
}
