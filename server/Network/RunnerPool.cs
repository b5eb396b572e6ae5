using MultiCloudKv.Server.Commands;

namespace MultiCloudKv.Server.Network;

/// <summary>Runners that nobody uses now.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class RunnerPool(CommandExecutor executor, CommandServices services)
{
    private const int Kept = 64;
    private readonly Lock _lock = new();
    private readonly Stack<RequestRunner> _free = new();

    public RequestRunner Rent()
    {
        lock (_lock)
        {
            if (_free.TryPop(out RequestRunner? runner))
                return runner;
        }

        return new RequestRunner(executor, services);
    }

    /// <summary>Takes back a runner that is idle and has been accounted for.</summary>
    public void Return(RequestRunner runner)
    {
        runner.Unbind();
        lock (_lock)
        {
            if (_free.Count < Kept)
                _free.Push(runner);
        }
    }
}
