using System.Diagnostics;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Cli.Testing;

/// <summary>A program run to its end or to a time limit, its output in a file.</summary>
internal sealed class LimitedRun
{
    private readonly string _log;

    private LimitedRun(string log, int exitCode, bool timedOut, TimeSpan took)
    {
        _log = log;
        ExitCode = exitCode;
        TimedOut = timedOut;
        Took = took;
    }

    public int ExitCode { get; }

    public bool TimedOut { get; }

    public TimeSpan Took { get; }

    /// <summary>Runs to the end. Past <paramref name="limit"/>, or when <paramref name="stop"/> is raised, the whole process tree is killed.</summary>
    public static async Task<LimitedRun> StartAsync(string executable, IEnumerable<string> arguments, string log, TimeSpan limit, IReadOnlyDictionary<string, string?> settings, CancellationToken stop)
    {
        ProcessStartInfo start = new("/bin/sh") { WorkingDirectory = SourceTree.Root };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add("out=$1; shift; exec \"$@\" >\"$out\" 2>&1 </dev/null");
        start.ArgumentList.Add("sh");
        start.ArgumentList.Add(log);
        start.ArgumentList.Add(executable);
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        foreach ((string name, string? value) in settings)
        {
            if (value is null)
                start.Environment.Remove(name);
            else
                start.Environment[name] = value;
        }

        long begun = Stopwatch.GetTimestamp();
        using Process process = Process.Start(start) ?? throw new EnvironmentException($"{executable} could not be started");
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(stop);
        deadline.CancelAfter(limit);
        bool timedOut = false;
        try
        {
            await process.WaitForExitAsync(deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
            stop.ThrowIfCancellationRequested();
            timedOut = true;
        }

        return new LimitedRun(log, process.ExitCode, timedOut, Stopwatch.GetElapsedTime(begun));
    }

    public string Tail(int lines) =>
        File.Exists(_log) ? string.Join('\n', File.ReadLines(_log).TakeLast(lines)) : string.Empty;
}
