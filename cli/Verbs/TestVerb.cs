using System.CommandLine;
using System.Diagnostics;
using MultiCloudKv.Cli.Output;
using MultiCloudKv.Cli.Testing;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Cli.Verbs;

/// <summary><c>mckv test</c>: every test program and the conformance suite, one last line with the sums.</summary>
internal static class TestVerb
{
    public static Command Build()
    {
        Option<bool> full = new("--full") { Description = "Also what takes long: a hundred crash rounds, outages at full length" };
        Option<string?> filter = new("--filter") { Description = "Only tests whose full name contains this (* is a wildcard)", HelpName = "TEXT" };
        Option<string?> project = new("--project") { Description = "Only this test project, e.g. Merge.Tests", HelpName = "NAME" };
        Option<bool> json = CommonOptions.Json();
        Command verb = new("test", "Builds everything and runs all tests") { full, filter, project, json };
        verb.SetAction((parsed, stop) => RunAsync(parsed.GetValue(full), parsed.GetValue(filter), parsed.GetValue(project), parsed.GetValue(json), stop));
        return verb;
    }

    private static async Task<int> RunAsync(bool full, string? filter, string? only, bool json, CancellationToken stop)
    {
        IReadOnlyList<TestProject> projects = TestProject.Discover();
        if (only is not null)
        {
            projects = [.. projects.Where(project => project.Name == only)];
            if (projects.Count == 0)
                throw new EnvironmentException($"there is no test project {only} under tests/", ExitCodes.Usage);
        }

        long begun = Stopwatch.GetTimestamp();
        IReadOnlyList<TestOutcome> outcomes = await new TestRunner(full, filter, only is null, quiet: json).RunAsync(projects, stop).ConfigureAwait(false);
        int passed = outcomes.Sum(outcome => outcome.Passed), failed = outcomes.Sum(outcome => outcome.Failed), skipped = outcomes.Sum(outcome => outcome.Skipped);
        if (json)
        {
            JsonOut.Write(new { passed, failed, skipped, projects = outcomes });
        }
        else
        {
            Say.Line($"{Stopwatch.GetElapsedTime(begun).TotalSeconds:0} s, full output in artifacts/test-logs");
            Say.Line($"{passed} passed, {failed} failed, {skipped} skipped");
        }

        return failed > 0 || passed == 0 ? ExitCodes.Failed : ExitCodes.Ok;
    }
}
