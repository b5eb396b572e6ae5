using System.CommandLine;
using MultiCloudKv.Cli.Deployment;
using MultiCloudKv.Cli.Output;
using MultiCloudKv.Foundation;
using MultiCloudKv.Rpc;

namespace MultiCloudKv.Cli.Verbs;

/// <summary>
/// <c>mckv link pause|resume</c>: lets changes of one region wait before another applies them. A direction is paused where
/// it arrives: at the receiving region's replicator.
/// </summary>
internal static class LinkVerb
{
    public static Command Build() => new("link", "Pauses or resumes the flow of changes between regions")
    {
        Direction("pause", paused: true, "Changes of one region are no longer applied in the other; they wait in its binlog"),
        Direction("resume", paused: false, "Lets changes flow again"),
    };

    private static Command Direction(string name, bool paused, string description)
    {
        Option<string> data = CommonOptions.Data();
        Option<string?> passwordFile = CommonOptions.PasswordFile();
        Option<string?> from = new("--from") { Description = "Region whose changes are meant; default: every one", HelpName = "REGION" };
        Option<string?> to = new("--to") { Description = "Region that receives them; default: every other one", HelpName = "REGION" };
        Option<bool> json = CommonOptions.Json();
        Command verb = new(name, description) { from, to, data, passwordFile, json };
        verb.SetAction((parsed, stop) => RunAsync(SystemState.Load(parsed.GetRequiredValue(data)), parsed.GetValue(passwordFile), parsed.GetValue(from), parsed.GetValue(to), paused, parsed.GetValue(json), stop));
        return verb;
    }

    private static async Task<int> RunAsync(SystemState system, string? passwordFile, string? from, string? to, bool paused, bool json, CancellationToken stop)
    {
        _ = from is null ? null : system.Region(from);
        _ = to is null ? null : system.Region(to);
        return await Systems.WithClientsAsync(system, passwordFile, async clients =>
        {
            List<object> links = [];
            foreach (Remote.NodeClient client in clients.Where(client => to is null || client.Region.Name == to))
            {
                foreach (RegionState origin in system.Regions.Where(origin => origin.Id != client.Region.Id && (from is null || origin.Name == from)))
                {
                    bool changed = await SetAsync(client, origin.Name, paused, stop).ConfigureAwait(false);
                    links.Add(new { from = origin.Name, to = client.Region.Name, paused, changed });
                    if (!json)
                        Say.Line($"{origin.Name} to {client.Region.Name}: {(changed ? string.Empty : "already ")}{(paused ? "paused" : "flowing")}");
                }
            }

            if (json)
                JsonOut.Write(new { links });
            return ExitCodes.Ok;
        }).ConfigureAwait(false);
    }

    private static async Task<bool> SetAsync(Remote.NodeClient client, string origin, bool paused, CancellationToken stop)
    {
        try
        {
            return await client.SetLinkAsync(origin, paused, stop).ConfigureAwait(false);
        }
        catch (RpcException failure)
        {
            throw new EnvironmentException($"{client.Region.Name}'s replicator does not answer: {failure.Message}", failure);
        }
    }
}
