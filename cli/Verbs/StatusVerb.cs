using System.CommandLine;
using MultiCloudKv.Cli.Deployment;
using MultiCloudKv.Cli.Output;
using MultiCloudKv.Cli.Reports;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Cli.Verbs;

/// <summary><c>mckv status</c>: every region once, and whether all is well as the exit code.</summary>
internal static class StatusVerb
{
    public static Command Build()
    {
        Option<string> data = CommonOptions.Data();
        Option<string?> passwordFile = CommonOptions.PasswordFile();
        Option<bool> json = CommonOptions.Json();
        Command verb = new("status", "Shows every region's processes, load, memory and links; exit code 1 when one is not ready") { data, passwordFile, json };
        verb.SetAction(async (parsed, stop) =>
        {
            SystemState system = SystemState.Load(parsed.GetRequiredValue(data));
            IReadOnlyList<RegionReport> regions = await Systems.WithClientsAsync(system, parsed.GetValue(passwordFile), clients => RegionReport.ReadAllAsync(clients, stop)).ConfigureAwait(false);
            if (parsed.GetValue(json))
                JsonOut.Write(new { system.ClusterId, system.Transport, regions });
            else
                Tables.Write(Tables.Regions(regions));
            return regions.All(region => region.State == "ready") ? ExitCodes.Ok : ExitCodes.Failed;
        });
        return verb;
    }
}
