using System.Diagnostics;
using MultiCloudKv.Cli.Output;
using MultiCloudKv.Cli.Remote;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Cli.Deployment;

/// <summary>
/// Brings a local system up and down. Up: everything is checked first; servers start, then replicators, because a
/// replicator attaches to its server; then all must report ready within a deadline, and where one doesn't, what this call
/// started is stopped again. Down: the other way round. A process that died is left as it is and shown as down until the
/// next <c>mckv up</c>: an operator should see a crash, not a restart loop.
/// </summary>
internal sealed class SystemRunner(SystemState system)
{
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ReplicatorStopLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan ServerStopLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    private readonly Lock _saving = new();

    public SystemState System => system;

    /// <summary>Checks, starts what is down, waits until all is ready; returns the names of what it started.</summary>
    public static async Task<(SystemRunner Runner, IReadOnlyList<string> Started)> UpAsync(UpOptions options, CancellationToken stop)
    {
        bool existed = Directory.Exists(options.Directory);
        try
        {
            Directory.CreateDirectory(options.Directory);
        }
        catch (Exception denied) when (denied is IOException or UnauthorizedAccessException)
        {
            throw new EnvironmentException($"{options.Directory} can't be made: {denied.Message}", denied);
        }

        bool planned = false;
        try
        {
            using SystemLock held = SystemLock.Take(options.Directory);
            SystemState system = SystemPlan.Make(options);
            await SystemPlan.CheckAsync(system, stop).ConfigureAwait(false);
            foreach (RegionState region in system.Regions)
                NodeConfigFile.Write(system, region);
            planned = true;
            SystemRunner runner = new(system);
            return (runner, await runner.StartMissingAsync(stop).ConfigureAwait(false));
        }
        finally
        {
            if (!existed && !planned)
                Directory.Delete(options.Directory, recursive: true);
        }
    }

    /// <summary>Stops everything in order; returns the names of what was running.</summary>
    public async Task<IReadOnlyList<string>> DownAsync()
    {
        using SystemLock held = SystemLock.Take(system.Directory);
        return await StopAsync(_ => true).ConfigureAwait(false);
    }

    public void StartServer(RegionState region, IReadOnlyDictionary<string, string>? settings = null)
    {
        region.Server = OsProcess.Start(SourceTree.Executable("Server"), ["--config", system.ConfigOf(region)], system.ServerLogOf(region), settings);
        Save();
    }

    public void StartReplicator(RegionState region, IReadOnlyDictionary<string, string>? settings = null)
    {
        region.Replicator = OsProcess.Start(SourceTree.Executable("Replicator"), ["--config", system.ConfigOf(region)], system.ReplicatorLogOf(region), settings);
        Save();
    }

    /// <summary>Waits until the region's two processes answer ready.</summary>
    /// <exception cref="EnvironmentException">One ended or didn't get ready in time; the message says which and why.</exception>
    public async Task WaitReadyAsync(RegionState region, CancellationToken stop)
    {
        using NodeClient client = new(region, RegionAccess.Of(system, region));
        await WaitPageAsync(client, region.AdminPort, "readyz", () => region.Server, "server", system.ServerLogOf(region), stop).ConfigureAwait(false);
        await WaitPageAsync(client, region.ReplicatorAdminPort, "readyz", () => region.Replicator, "replicator", system.ReplicatorLogOf(region), stop).ConfigureAwait(false);
    }

    /// <summary>Waits until the region's server answers at all, so that its replicator can attach.</summary>
    public async Task WaitAliveAsync(RegionState region, CancellationToken stop)
    {
        using NodeClient client = new(region, RegionAccess.Of(system, region));
        await WaitPageAsync(client, region.AdminPort, "healthz", () => region.Server, "server", system.ServerLogOf(region), stop).ConfigureAwait(false);
    }

    /// <summary>Regions may be started side by side: each save writes the whole state through one file beside it.</summary>
    private void Save()
    {
        lock (_saving)
            system.Save();
    }

    private async Task<IReadOnlyList<string>> StartMissingAsync(CancellationToken stop)
    {
        List<string> started = [];
        Save();
        try
        {
            foreach (RegionState region in system.Regions.Where(region => !OsProcess.IsAlive(region.Server)))
            {
                StartServer(region);
                started.Add($"{region.Name} server");
            }

            foreach (RegionState region in system.Regions)
                await WaitAliveAsync(region, stop).ConfigureAwait(false);
            foreach (RegionState region in system.Regions.Where(region => !OsProcess.IsAlive(region.Replicator)))
            {
                StartReplicator(region);
                started.Add($"{region.Name} replicator");
            }

            foreach (RegionState region in system.Regions)
                await WaitReadyAsync(region, stop).ConfigureAwait(false);
            return started;
        }
        catch (Exception) when (started.Count > 0)
        {
            await StopAsync(name => started.Contains(name)).ConfigureAwait(false);
            throw;
        }
    }

    private async Task<IReadOnlyList<string>> StopAsync(Func<string, bool> wanted)
    {
        List<string> stopped = [];
        await StopAllAsync("replicator", region => region.Replicator, region => region.Replicator = null, ReplicatorStopLimit).ConfigureAwait(false);
        await StopAllAsync("server", region => region.Server, region => region.Server = null, ServerStopLimit).ConfigureAwait(false);
        return stopped;

        async Task StopAllAsync(string what, Func<RegionState, ProcessState?> process, Action<RegionState> forget, TimeSpan limit)
        {
            List<RegionState> regions = [.. system.Regions.Where(region => process(region) is not null && wanted($"{region.Name} {what}"))];
            foreach (RegionState region in regions)
            {
                if (OsProcess.Signal(process(region), OsProcess.Terminate))
                    stopped.Add($"{region.Name} {what}");
            }

            foreach (RegionState region in regions)
            {
                if (!await OsProcess.WaitGoneAsync(process(region)!, limit, CancellationToken.None).ConfigureAwait(false))
                {
                    Say.Error($"{region.Name}'s {what} did not stop within {limit.TotalSeconds:0} s and was killed; its binlog brings it back");
                    OsProcess.Signal(process(region), OsProcess.Kill);
                    await OsProcess.WaitGoneAsync(process(region)!, limit, CancellationToken.None).ConfigureAwait(false);
                }

                forget(region);
                Save();
            }
        }
    }

    private static async Task WaitPageAsync(NodeClient client, int port, string page, Func<ProcessState?> process, string what, string log, CancellationToken stop)
    {
        long begun = Stopwatch.GetTimestamp();
        string? reason;
        while ((reason = await client.PageAsync(port, page, stop).ConfigureAwait(false)) is not null)
        {
            if (!OsProcess.IsAlive(process()))
                throw new EnvironmentException($"{client.Region.Name}'s {what} ended: {LastLine(log)} (all of it in {log})");
            if (Stopwatch.GetElapsedTime(begun) > ReadyLimit)
                throw new EnvironmentException($"{client.Region.Name}'s {what} is not ready after {ReadyLimit.TotalSeconds:0} s: {reason} (log: {log})");
            await Task.Delay(PollInterval, stop).ConfigureAwait(false);
        }
    }

    private static string LastLine(string log) =>
        File.Exists(log) ? File.ReadLines(log).LastOrDefault(line => line.Trim().Length > 0)?.Trim() ?? "it said nothing" : "it said nothing";
}
