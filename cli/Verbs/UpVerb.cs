using System.CommandLine;
using MultiCloudKv.Cli.Deployment;
using MultiCloudKv.Cli.Output;
using MultiCloudKv.Cli.Reports;
using MultiCloudKv.Foundation;
using Spectre.Console;

namespace MultiCloudKv.Cli.Verbs;

/// <summary><c>mckv up</c>: starts what is not running, shows a live table, stops everything on Ctrl-C.</summary>
internal static class UpVerb
{
    private static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(1);

    public static Command Build()
    {
        Option<string> data = CommonOptions.Data();
        Option<string?> transport = new("--transport") { Description = "How changes travel between regions: direct (default) or kafka" };
        transport.AcceptOnlyFromAmong("direct", "kafka");
        Option<string?> kafka = new("--kafka") { Description = "Broker of each region's Kafka; several brokers of one region with ';' between", HelpName = "east=H:P,west=H:P" };
        Option<string?> properties = new("--kafka-properties") { Description = "Files that say how each region's brokers are spoken to: TLS, users (docs/operating/kafka.md)", HelpName = "east=FILE,west=FILE" };
        Option<string?> regions = new("--regions") { Description = "Names of the regions, default east,west", HelpName = "east,west" };
        Option<int?> portBase = new("--port-base") { Description = "Client port of the first region, default 7000; the next one's is 100 higher, and so on", HelpName = "PORT" };
        Option<string?> passwordFile = CommonOptions.PasswordFile();
        Option<string[]> settings = new("--set") { Description = "A configuration key of every node, e.g. --set binlog.sync=always; may be repeated", HelpName = "KEY=VALUE" };
        Option<bool> detach = new("--detach") { Description = "Return when all is ready; mckv down stops it" };
        Option<bool> json = CommonOptions.Json();
        Command verb = new("up", "Starts a system of several regions on this machine, or what of it is down") { transport, kafka, properties, regions, data, portBase, passwordFile, settings, detach, json };
        verb.SetAction((parsed, stop) => RunAsync(
            new UpOptions
            {
                Directory = parsed.GetRequiredValue(data),
                Transport = parsed.GetValue(transport),
                Kafka = parsed.GetValue(kafka),
                KafkaProperties = parsed.GetValue(properties),
                Regions = parsed.GetValue(regions),
                PortBase = parsed.GetValue(portBase),
                PasswordFile = parsed.GetValue(passwordFile),
                Settings = parsed.GetValue(settings) ?? [],
            },
            parsed.GetValue(detach),
            parsed.GetValue(json),
            stop));
        return verb;
    }

    private static async Task<int> RunAsync(UpOptions options, bool detach, bool json, CancellationToken stop)
    {
        bool existed = SystemState.Exists(options.Directory);
        (SystemRunner runner, IReadOnlyList<string> started) = await SystemRunner.UpAsync(options, stop).ConfigureAwait(false);
        if (started.Count == 0)
            Say.Progress("mckv: everything was up already");
        else if (existed)
            Say.Progress("mckv: started what was down: " + string.Join(", ", started));
        if (json)
            JsonOut.Write(await ReportAsync(runner.System, stop).ConfigureAwait(false));
        else
            PrintEndpoints(runner.System);
        if (detach)
            return ExitCodes.Ok;

        await WatchAsync(runner.System, stop).ConfigureAwait(false);
        Say.Progress("mckv: stopping");
        foreach (string name in await runner.DownAsync().ConfigureAwait(false))
            Say.Progress($"mckv: {name} stopped");
        return ExitCodes.Ok;
    }

    private static Task<IReadOnlyList<RegionReport>> ReportAsync(SystemState system, CancellationToken stop) =>
        Systems.WithClientsAsync(system, null, clients => RegionReport.ReadAllAsync(clients, stop));

    private static void PrintEndpoints(SystemState system)
    {
        foreach (RegionState region in system.Regions)
            Say.Line($"{region.Name}: redis-cli -p {region.ClientPort}   admin {region.AdminPort}, rpc {region.RpcPort}, replicator rpc {region.ReplicatorPort}, replicator admin {region.ReplicatorAdminPort}");
    }

    /// <summary>Shows the table until Ctrl-C; without a terminal it only waits.</summary>
    private static async Task WatchAsync(SystemState system, CancellationToken stop)
    {
        try
        {
            if (Console.IsOutputRedirected)
            {
                Say.Progress("mckv: up; SIGINT or SIGTERM stops everything");
                await Task.Delay(Timeout.Infinite, stop).ConfigureAwait(false);
                return;
            }

            Say.Line("Ctrl-C stops everything");
            await Systems.WithClientsAsync(system, null, clients => AnsiConsole.Live(new Table()).StartAsync(async live =>
            {
                while (!stop.IsCancellationRequested)
                {
                    IReadOnlyList<RegionReport> reports = await RegionReport.ReadAllAsync(clients, stop).ConfigureAwait(false);
                    live.UpdateTarget(Tables.Regions(reports));
                    await Task.Delay(RefreshInterval, stop).ConfigureAwait(false);
                }

                return true;
            })).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C is how watching ends.
        }
    }
}
