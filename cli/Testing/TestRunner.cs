using System.Text.RegularExpressions;
using MultiCloudKv.Cli.Output;

namespace MultiCloudKv.Cli.Testing;

/// <summary>
/// Runs the test programs: those that only compute two at a time, those that start processes or measure time one after
/// the other. Each has a time limit, after which it is killed with everything it started, and is counted as failed.
/// Full output and reports stay in artifacts/test-logs.
/// </summary>
internal sealed partial class TestRunner(bool full, string? filter, bool withSuite, bool quiet)
{
    private const int Together = 2;
    private const string SuitePath = "tests/conformance/redis-suite";
    private static readonly TimeSpan SuiteLimit = TimeSpan.FromMinutes(8);

    private readonly string _logs = Path.Combine(SourceTree.Root, "artifacts", "test-logs");
    private readonly Lock _gate = new();
    private readonly List<TestOutcome> _outcomes = [];

    public async Task<IReadOnlyList<TestOutcome>> RunAsync(IReadOnlyList<TestProject> projects, CancellationToken stop)
    {
        Directory.CreateDirectory(_logs);
        await Parallel.ForEachAsync(
            projects.Where(project => !project.Alone),
            new ParallelOptions { MaxDegreeOfParallelism = Together, CancellationToken = stop },
            async (project, token) => Add(await RunProjectAsync(project, token).ConfigureAwait(false))).ConfigureAwait(false);
        foreach (TestProject project in projects.Where(project => project.Alone))
            Add(await RunProjectAsync(project, stop).ConfigureAwait(false));
        if (withSuite && filter is null && File.Exists(Path.Combine(SourceTree.Root, SuitePath)))
            Add(await RunSuiteAsync(stop).ConfigureAwait(false));
        return _outcomes;
    }

    private void Add(TestOutcome outcome)
    {
        lock (_gate)
        {
            _outcomes.Add(outcome);
            if (quiet)
                return;
            if (filter is null || outcome.Passed + outcome.Failed + outcome.Skipped > 0)
                Say.Line(outcome.ToString());
            foreach (TestFailure failure in outcome.Failures)
            {
                Say.Line("  FAILED " + failure.Test);
                foreach (string line in failure.Message.Split('\n'))
                    Say.Line("    " + line);
            }

            foreach (string reason in outcome.SkipReasons)
                Say.Line("  skipped: " + reason);
        }
    }

    private async Task<TestOutcome> RunProjectAsync(TestProject project, CancellationToken stop)
    {
        if (!File.Exists(project.Executable))
            return Broken(project.Name, "it is not built; is it in MultiCloudKv.sln?", TimeSpan.Zero);

        string report = Path.Combine(_logs, project.Name + ".xml");
        File.Delete(report);
        List<string> arguments = ["-noLogo", "-noColor", "-xml", report];
        if (filter is not null)
            arguments.AddRange(["-method", $"*{filter}*"]);
        LimitedRun run = await LimitedRun.StartAsync(project.Executable, arguments, Path.Combine(_logs, project.Name + ".log"), project.Limit(full), Settings(), stop).ConfigureAwait(false);
        if (run.TimedOut)
            return Broken(project.Name, $"not finished after {project.Limit(full).TotalMinutes:0} minutes, killed\n{run.Tail(12)}", run.Took);
        if (!File.Exists(report))
            return Broken(project.Name, $"exit code {run.ExitCode}, no report\n{run.Tail(12)}", run.Took);

        TestOutcome outcome = TestOutcome.FromReport(project.Name, report, run.Took);
        bool silentFailure = run.ExitCode != 0 && outcome.Failed == 0 && outcome.Passed + outcome.Skipped > 0;
        return silentFailure ? Broken(project.Name, $"exit code {run.ExitCode} without a failed test\n{run.Tail(12)}", run.Took) : outcome;
    }

    private async Task<TestOutcome> RunSuiteAsync(CancellationToken stop)
    {
        LimitedRun run = await LimitedRun.StartAsync(Path.Combine(SourceTree.Root, SuitePath), [], Path.Combine(_logs, "redis-suite.log"), full ? SuiteLimit * 10 : SuiteLimit, Settings(), stop).ConfigureAwait(false);
        string tail = run.Tail(30);
        Match last = SummaryLine().Matches(tail).LastOrDefault() ?? Match.Empty;
        if (run.TimedOut || !last.Success)
            return Broken("redis-suite", (run.TimedOut ? "not finished in its time, killed" : $"exit code {run.ExitCode}, no last line 'N passed, N failed, N skipped'") + "\n" + tail, run.Took);

        int failed = int.Parse(last.Groups[2].ValueSpan, provider: null);
        List<TestFailure> failures = [.. Enumerable.Repeat(new TestFailure("redis-suite", "see artifacts/test-logs/redis-suite.log", tail), Math.Min(failed, 1))];
        failures.AddRange(Enumerable.Repeat(new TestFailure("redis-suite", "same", string.Empty), Math.Max(failed - 1, 0)));
        if (failed == 0 && run.ExitCode != 0)
            failures.Add(new TestFailure("redis-suite", $"exit code {run.ExitCode}", tail));
        return new TestOutcome("redis-suite", int.Parse(last.Groups[1].ValueSpan, provider: null), int.Parse(last.Groups[3].ValueSpan, provider: null), failures, [], run.Took);
    }

    private Dictionary<string, string?> Settings() => new(StringComparer.Ordinal)
    {
        ["MCKV_ROOT"] = SourceTree.Root,
        ["MCKV_TEST_FULL"] = full ? "1" : null,
    };

    private static TestOutcome Broken(string project, string why, TimeSpan took) =>
        new(project, 0, 0, [new TestFailure(project, "the test program itself", why)], [], took);

    [GeneratedRegex("^([0-9]+) passed, ([0-9]+) failed, ([0-9]+) skipped", RegexOptions.Multiline)]
    private static partial Regex SummaryLine();
}
