using System.CommandLine;
using System.Diagnostics;
using MultiCloudKv.Cli.Bench;
using MultiCloudKv.Cli.Output;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Cli.Verbs;

/// <summary><c>mckv bench</c>: this machine's figures next to Redis's in the same run, and the bars they have to clear.</summary>
internal static class BenchVerb
{
    private static readonly (string Name, Func<BenchContext, Task> Run)[] Stages =
    [
        ("idle", IdleStage.RunAsync),
        ("silence", SilenceStage.RunAsync),
        ("throughput", ThroughputStage.RunAsync),
        ("large", LargeDataStage.RunAsync),
        ("replication", ReplicationStage.RunAsync),
        ("lag", LagStage.RunAsync),
        ("away", PeerKilledStage.RunAsync),
    ];

    public static Command Build()
    {
        Option<bool> check = new("--check") { Description = "Exit code 1 when a figure is below its bar" };
        Option<bool> quick = new("--quick") { Description = "Short runs, one round: whether it works, not figures to quote" };
        Option<string[]> only = new("--only") { Description = "Stages to run: " + string.Join(", ", Stages.Select(stage => stage.Name)), HelpName = "STAGE", AllowMultipleArgumentsPerToken = true };
        only.AcceptOnlyFromAmong([.. Stages.Select(stage => stage.Name)]);
        Option<string?> kafka = new("--kafka") { Description = "Running brokers for the Kafka rows; default: started when ../shared/kafka is there", HelpName = "east=H:P,west=H:P" };
        Option<string[]> settings = new("--set") { Description = "A configuration key of the nodes; may be repeated", HelpName = "KEY=VALUE" };
        Option<bool> json = CommonOptions.Json();
        Option<string> data = new("--data") { Description = "Scratch directory, removed afterwards; default: one under the system's temporary directory", HelpName = "DIR", DefaultValueFactory = _ => Path.Combine(Path.GetTempPath(), $"mckv-bench-{Environment.ProcessId}") };
        Command verb = new("bench", "Measures commands, replication, lag and memory against redis-server") { check, quick, only, kafka, settings, data, json };
        verb.SetAction((parsed, stop) => RunAsync(
            new BenchOptions { Quick = parsed.GetValue(quick), Only = parsed.GetValue(only) ?? [], Kafka = parsed.GetValue(kafka), Settings = parsed.GetValue(settings) ?? [] },
            parsed.GetRequiredValue(data),
            parsed.GetValue(check),
            parsed.GetValue(json),
            stop));
        return verb;
    }

    private static async Task<int> RunAsync(BenchOptions options, string data, bool check, bool json, CancellationToken stop)
    {
        Directory.CreateDirectory(data);
        long begun = Stopwatch.GetTimestamp();
        try
        {
            BenchContext bench = new(options, data, stop);
            foreach ((string name, Func<BenchContext, Task> run) in Stages.Where(stage => options.Only.Count == 0 || options.Only.Contains(stage.Name)))
            {
                Say.Progress(name);
                await run(bench).ConfigureAwait(false);
            }

            int barred = bench.Rows.Count(row => row.Holds is not null), below = bench.Rows.Count(row => row.Holds == false);
            if (json)
                JsonOut.Write(new { options.Quick, rows = bench.Rows, below });
            else
                BenchPrinter.Print(bench.Rows);
            string last = $"{barred - below} of {barred} bars cleared, {below} below, {Stopwatch.GetElapsedTime(begun).TotalSeconds:0} s";
            if (json)
                Say.Progress(last);
            else
                Say.Line(last);
            return check && below > 0 ? ExitCodes.Failed : ExitCodes.Ok;
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }
}
