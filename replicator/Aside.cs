namespace MultiCloudKv.Replicator;

/// <summary>
/// Runs what waits for a disk on a thread of its own. The pool has as few workers as one, and they carry all streams: a worker in a system call holds every
/// message of the process, and the pool starts another only after half a second.
/// </summary>
internal static class Aside
{
    public static Task<T> RunAsync<T>(Func<T> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);

    public static Task RunAsync(Action work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);
}
