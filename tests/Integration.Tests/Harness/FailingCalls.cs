using MultiCloudKv.Cli.Deployment;

namespace MultiCloudKv.Integration.Tests.Harness;

/// <summary>Lets system calls of a running process fail, until disposed.</summary>
internal sealed class FailingCalls : IAsyncDisposable
{
    private readonly ProcessState _tracer;

    private FailingCalls(ProcessState tracer) => _tracer = tracer;

    /// <param name="calls">As strace names them, comma-separated.</param>
    public static async Task<FailingCalls> StartAsync(ProcessState process, string calls, string error, string log)
    {
        ProcessState tracer = OsProcess.Start(Needs.Find("strace")!, ["-f", "-qq", "-e", $"trace={calls}", "-e", $"inject={calls}:error={error}", "-p", $"{process.Pid}"], log);
        await Until.True(() => Directory.EnumerateDirectories($"/proc/{process.Pid}/task").All(task => TracedBy(task, tracer.Pid)), "strace to hold every thread");
        return new FailingCalls(tracer);
    }

    public async ValueTask DisposeAsync() => await TestSystem.StopAsync(_tracer);

    private static bool TracedBy(string task, int tracer)
    {
        try
        {
            return File.ReadLines(Path.Combine(task, "status")).Any(line => line.StartsWith("TracerPid:", StringComparison.Ordinal) && line.EndsWith($"\t{tracer}", StringComparison.Ordinal));
        }
        catch (IOException)
        {
            return true;
        }
    }
}
