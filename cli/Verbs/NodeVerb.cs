using System.CommandLine;
using MultiCloudKv.Cli.Deployment;
using MultiCloudKv.Cli.Output;
using MultiCloudKv.Foundation;
using MultiCloudKv.Rpc.Configuration;

namespace MultiCloudKv.Cli.Verbs;

/// <summary>
/// <c>mckv node --config FILE</c>: one node with its replicator in the foreground, for a real host under a service manager.
/// When either process ends the other is stopped too and the first one's reason is the exit code: restarting is the
/// service manager's decision.
/// </summary>
internal static class NodeVerb
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(60);

    public static Command Build()
    {
        Option<string> config = new("--config") { Description = "The node's YAML file; docs/reference/configuration.md has every key", HelpName = "FILE", Required = true };
        Option<bool> check = new("--check") { Description = "Only judge the file" };
        Command verb = new("node", "Runs one node with its replicator in the foreground") { config, check };
        verb.SetAction((parsed, stop) => RunAsync(parsed.GetRequiredValue(config), parsed.GetValue(check), stop));
        return verb;
    }

    private static async Task<int> RunAsync(string path, bool checkOnly, CancellationToken stop)
    {
        NodeConfig config = NodeConfigLoader.Load(path);
        if (checkOnly)
        {
            Say.Line($"{path} is in order");
            return ExitCodes.Ok;
        }

        if (config.Rpc.Port == 0)
            throw new EnvironmentException($"{path}: rpc.port is to be a fixed one: the replicator reaches its server there", ExitCodes.Usage);
        if (config.Replicator.Port == 0 && config.Peers.Count > 0)
            throw new EnvironmentException($"{path}: replicator.port is to be a fixed one: peers reach this replicator there", ExitCodes.Usage);
        string[] arguments = ["--config", Path.GetFullPath(path)];
        ProcessState server = OsProcess.Start(SourceTree.Executable("Server"), arguments, log: null);
        ProcessState replicator = OsProcess.Start(SourceTree.Executable("Replicator"), arguments, log: null);
        try
        {
            while (OsProcess.IsAlive(server) && OsProcess.IsAlive(replicator))
                await Task.Delay(PollInterval, stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The signal that ends the node.
        }

        string? ended = stop.IsCancellationRequested ? null : OsProcess.IsAlive(server) ? "replicator" : "server";
        await StopAsync(replicator).ConfigureAwait(false);
        await StopAsync(server).ConfigureAwait(false);
        if (ended is null)
            return ExitCodes.Ok;
        Say.Error($"the {ended} ended by itself; the node is stopped");
        return ExitCodes.Failed;
    }

    private static async Task StopAsync(ProcessState process)
    {
        OsProcess.Signal(process, OsProcess.Terminate);
        if (!await OsProcess.WaitGoneAsync(process, StopLimit, CancellationToken.None).ConfigureAwait(false))
            OsProcess.Signal(process, OsProcess.Kill);
    }
}
