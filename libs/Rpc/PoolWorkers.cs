namespace MultiCloudKv.Rpc;

/// <summary>
/// Workers of the thread pool that run without waiting for one to be blocked: one on small machines, one for every four processors on larger ones. A message between
/// regions passes through a dozen continuations, and waking another worker for each costs more than all of them; the clients have threads of their own.
/// </summary>
/// <remarks>The processes that call this start with one (their runtime configuration says so), and the pool does not experiment with more.</remarks>
public static class PoolWorkers
{
    private const int ProcessorsPerWorker = 4;

    public static void Fit()
    {
        ThreadPool.GetMinThreads(out int _, out int completions);
        ThreadPool.SetMinThreads(Math.Max(1, Environment.ProcessorCount / ProcessorsPerWorker), completions);
    }
}
