using System.CommandLine;
using MultiCloudKv.Cli.Deployment;
using MultiCloudKv.Cli.Output;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Cli.Verbs;

/// <summary><c>mckv down</c>: stops a system's processes, replicators first.</summary>
internal static class DownVerb
{
    public static Command Build()
    {
        Option<string> data = CommonOptions.Data();
        Option<bool> json = CommonOptions.Json();
        Command verb = new("down", "Stops a system that was started with up; its data stays") { data, json };
        verb.SetAction(async (parsed, _) =>
        {
            SystemRunner runner = new(SystemState.Load(parsed.GetRequiredValue(data)));
            IReadOnlyList<string> stopped = await runner.DownAsync().ConfigureAwait(false);
            if (parsed.GetValue(json))
                JsonOut.Write(new { stopped });
            else
                Say.Line(stopped.Count == 0 ? "nothing was running" : "stopped: " + string.Join(", ", stopped));
            return ExitCodes.Ok;
        });
        return verb;
    }
}
