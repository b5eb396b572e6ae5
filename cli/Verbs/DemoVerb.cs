using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using MultiCloudKv.Cli.Demo;
using MultiCloudKv.Cli.Deployment;
using MultiCloudKv.Cli.Output;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Cli.Verbs;

/// <summary><c>mckv demo</c>: this machine's package database through two regions, one of them killed in the middle.</summary>
internal static class DemoVerb
{
    public static Command Build()
    {
        Option<string> data = new("--data") { Description = "Directory for the demo's system, removed afterwards; default: one under the system's temporary directory", HelpName = "DIR", DefaultValueFactory = _ => Path.Combine(Path.GetTempPath(), $"mckv-demo-{Environment.ProcessId}") };
        Option<long> changes = new("--changes") { Description = "How many changes at least", DefaultValueFactory = _ => 1_000_000, HelpName = "N" };
        Option<int> portBase = new("--port-base") { Description = "Client port of the first region", DefaultValueFactory = _ => 7600, HelpName = "PORT" };
        Option<bool> keep = new("--keep") { Description = "Leave the system up and its data there" };
        Option<bool> json = CommonOptions.Json();
        Command verb = new("demo", "Real data through two regions at once, conflicts, a kill in the middle, and proof that nothing was lost; exit code 0 only if all holds") { data, changes, portBase, keep, json };
        verb.SetAction((parsed, stop) => RunAsync(parsed.GetRequiredValue(data), parsed.GetValue(changes), parsed.GetValue(portBase), parsed.GetValue(keep), parsed.GetValue(json), stop));
        return verb;
    }

    private static async Task<int> RunAsync(string data, long changes, int portBase, bool keep, bool json, CancellationToken stop)
    {
        if (SystemState.Exists(data))
            throw new EnvironmentException($"{data} holds a system already; the demo makes one of its own", ExitCodes.Usage);
        long begun = Stopwatch.GetTimestamp();
        (SystemRunner runner, _) = await SystemRunner.UpAsync(new UpOptions { Directory = data, PortBase = portBase }, stop).ConfigureAwait(false);
        DemoReport? report = null;
        try
        {
            using DemoRunner demo = new(runner, changes, stop);
            report = await demo.RunAsync().ConfigureAwait(false);
        }
        finally
        {
            if (!keep)
                await runner.DownAsync().ConfigureAwait(false);
            if (!keep && report is { Holds: true })
                Directory.Delete(data, recursive: true);
        }

        if (json)
            JsonOut.Write(report);
        else
            Print(report, Stopwatch.GetElapsedTime(begun).TotalSeconds);
        if (!report.Holds && !keep)
            Say.Error($"the data is kept in {data}");
        return report.Holds ? ExitCodes.Ok : ExitCodes.Failed;
    }

    private static void Print(DemoReport report, double seconds)
    {
        Say.Line($"data        {report.Packages} packages, {report.Paths} paths, {report.Loops} times");
        Say.Line($"changes     {Units.Count(report.Changes)} in {Units.Count(report.Transactions)} transactions through two regions in {report.LoadSeconds} s");
        Say.Line($"kill        west's node at {report.Kill.AtSeconds} s: {report.Kill.Unanswered} transactions unanswered, {report.Kill.TookEffect} of them had taken effect, {Units.Count(report.Kill.NotYetInEast)} changes not yet in east; ready again in {report.Kill.ReadyAgainSeconds} s");
        Say.Line("lag         " + LagLine(report.Lag));
        Say.Line($"converged   {report.ConvergedSeconds} s after the load");
        Say.Line($"conflicts   {report.ConflictPairs} pairs made apart, {report.ConflictsShown} keys show both values, e.g. CONFLICTS {report.ConflictExample}");
        foreach ((string region, SequenceReport sequence) in report.Sequences)
            Say.Line($"sequences   {region} made {Units.Count(sequence.Made)}, the other applied {Units.Count(sequence.AppliedByTheOther)}, clients count {Units.Count(sequence.CountedByClients)}");
        Say.Line($"exact       {Units.Count(report.CountersChecked)} counters, {Units.Count(report.SetsChecked)} sets, in both regions");
        VerifyVerb.Print(report.Verify);
        foreach (string wrong in report.Wrong)
            Say.Line("WRONG       " + wrong);
        Say.Line(report.Holds ? $"all holds, {seconds:0} s" : $"{report.Wrong.Count} things do not hold, {seconds:0} s");
    }

    /// <summary>Both directions, second by second: milliseconds, a dash while a replicator was down.</summary>
    private static string LagLine(IReadOnlyList<LagSample> samples)
    {
        IEnumerable<LagSample> some = samples.GroupBy(sample => (int)sample.AtSeconds).Select(second => second.First());
        return string.Join("  ", some.Select(sample => $"{sample.AtSeconds.ToString("0", CultureInfo.InvariantCulture)}s {Text(sample.WestFromEastMs)}/{Text(sample.EastFromWestMs)}")) + "  (west behind east / east behind west, ms)";
    }

    private static string Text(double lag) => lag < 0 ? "-" : lag.ToString("0", CultureInfo.InvariantCulture);
}
