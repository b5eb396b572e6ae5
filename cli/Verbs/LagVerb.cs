using System.CommandLine;
using MultiCloudKv.Cli.Deployment;
using MultiCloudKv.Cli.Output;
using MultiCloudKv.Cli.Reports;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Cli.Verbs;

/// <summary><c>mckv lag</c>: every link between regions, how old what is missing is and when it was last heard from.</summary>
internal static class LagVerb
{
    public static Command Build()
    {
        Option<string> data = CommonOptions.Data();
        Option<string?> passwordFile = CommonOptions.PasswordFile();
        Option<double?> max = new("--max-ms") { Description = "Exit code 1 when a link's lag or heartbeat is older", HelpName = "MS" };
        Option<bool> json = CommonOptions.Json();
        Command verb = new("lag", "Shows how far each region is behind each other one") { data, passwordFile, max, json };
        verb.SetAction(async (parsed, stop) =>
        {
            SystemState system = SystemState.Load(parsed.GetRequiredValue(data));
            IReadOnlyList<RegionReport> regions = await Systems.WithClientsAsync(system, parsed.GetValue(passwordFile), clients => RegionReport.ReadAllAsync(clients, stop)).ConfigureAwait(false);
            List<LinkReport> links = [.. regions.SelectMany(region => region.Links)];
            if (parsed.GetValue(json))
                JsonOut.Write(new { links });
            else
                Tables.Write(Tables.Links(links));
            foreach (RegionReport region in regions.Where(region => region.Replicator.State != "up"))
                Say.Error($"{region.Name}'s replicator is {region.Replicator.State}: what it lags is not known");
            bool complete = regions.All(region => region.Replicator.State == "up");
            bool within = parsed.GetValue(max) is not { } bound || links.TrueForAll(link => link.LagMs <= bound && link.HeartbeatAgeMs <= bound);
            return complete && within ? ExitCodes.Ok : ExitCodes.Failed;
        });
        return verb;
    }
}
