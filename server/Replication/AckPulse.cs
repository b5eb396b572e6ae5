namespace MultiCloudKv.Server.Replication;

/// <summary>Wakes whoever waits to send a heartbeat, because another region's client waits for one.</summary>
/// <remarks>Thread-safe. A waiter says which pulse it has seen, so that none between two waits is missed.</remarks>
internal sealed class AckPulse
{
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes at the next pulse. To be taken before the work that the pulse may ask to be done again.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    public void Raise() =>
        Interlocked.Exchange(ref _next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
}
