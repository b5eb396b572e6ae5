using MultiCloudKv.Cli.Demo;
using MultiCloudKv.Cli.Deployment;
using MultiCloudKv.Cli.Remote;
using MultiCloudKv.Cli.Verification;
using MultiCloudKv.Integration.Tests.Workloads;

namespace MultiCloudKv.Integration.Tests.Harness;

/// <summary>
/// Regions of real processes on free loopback ports, their data in a directory that goes with the test. A test starts,
/// kills and starts again what it likes; at the end every process is killed by its identity, and the logs are searched:
/// a broken invariant or an unhandled exception fails the test whatever it asked for.
/// </summary>
internal sealed class TestSystem : IAsyncDisposable
{
    /// <summary>Small segments and few dirty bytes: segments roll and epochs close within a second of load.</summary>
    public static readonly IReadOnlyList<string> SmallParts = ["binlog.segment-bytes=1MiB", "dirty-bytes=4MiB", "cache-bytes=64MiB", "limits.disk-free-bytes-min=0"];

    private const int FirstPort = 10_000;
    private const int LastPort = 30_000;
    private static readonly string[] SignsOfABug = ["InvariantException", "Unhandled exception", ": a bug: ", "Fatal error.", "NotSupportedException", "NullReferenceException", "double free", "corrupted"];
    private static readonly TimeSpan ExitLimit = TimeSpan.FromSeconds(60);

    private readonly SystemRunner _runner;
    private readonly List<NodeClient> _clients = [];
    private readonly List<LoopDisk> _disks = [];

    private TestSystem(SystemState state)
    {
        State = state;
        _runner = new SystemRunner(state);
    }

    public SystemState State { get; }

    public RegionState this[int index] => State.Regions[index];

    /// <summary>Plans a system and writes its configuration; nothing runs yet.</summary>
    public static TestSystem Plan(string regions, params IEnumerable<string> settings) =>
        Write(SystemPlan.Make(Options(regions, settings)));

    /// <summary>The same with a password on every port.</summary>
    public static TestSystem Plan(string regions, string passwordFile, IReadOnlyList<string> settings) =>
        Write(SystemPlan.Make(Options(regions, settings) with { PasswordFile = passwordFile }));

    /// <summary>The same with Kafka between the regions, under a name that no other test's topics have.</summary>
    public static TestSystem PlanKafka(string regions, string bootstrap, params IEnumerable<string> settings)
    {
        UpOptions options = Options(regions, settings) with { Transport = "kafka", Kafka = string.Join(',', regions.Split(',').Select(region => $"{region}={bootstrap}")) };
        return Write(SystemPlan.Make(options) with { ClusterId = "it" + Guid.NewGuid().ToString("N")[..12] });
    }

    /// <summary>Plans a system and starts it: servers, replicators where there is more than one region, until all are ready.</summary>
    public static async Task<TestSystem> UpAsync(string regions, params IEnumerable<string> settings)
    {
        TestSystem system = Plan(regions, settings);
        try
        {
            await system.StartAllAsync();
            return system;
        }
        catch
        {
            await system.DisposeAsync();
            throw;
        }
    }

    /// <summary>Puts a region's directory on a disk of its own, before its processes are started.</summary>
    public LoopDisk GiveDisk(RegionState region, long bytes)
    {
        LoopDisk disk = new(Path.Combine(State.Directory, region.Name + ".img"), State.DirectoryOf(region), bytes);
        _disks.Add(disk);
        NodeConfigFile.Write(State, region);
        Command.Must("sync", "-f", State.DirectoryOf(region));
        return disk;
    }

    /// <summary>Starts servers, then replicators where there is more than one region, and waits until all are ready.</summary>
    /// <param name="dying">The region whose server is given a failpoint, if any.</param>
    public async Task StartAllAsync(RegionState? dying = null, string failpoint = "")
    {
        foreach (RegionState region in State.Regions)
            StartServer(region, region == dying ? new Dictionary<string, string> { ["MCKV_FAILPOINT"] = failpoint } : null);
        foreach (RegionState region in State.Regions)
            await AliveAsync(region);
        if (State.Regions.Count == 1)
            return;
        foreach (RegionState region in State.Regions)
            StartReplicator(region);
        foreach (RegionState region in State.Regions)
            await ReadyAsync(region);
    }

    public void StartServer(RegionState region, IReadOnlyDictionary<string, string>? settings = null) => _runner.StartServer(region, settings);

    public void StartReplicator(RegionState region, IReadOnlyDictionary<string, string>? settings = null) => _runner.StartReplicator(region, settings);

    public Task AliveAsync(RegionState region) => _runner.WaitAliveAsync(region, TestContext.Current.CancellationToken);

    public Task ReadyAsync(RegionState region) => _runner.WaitReadyAsync(region, TestContext.Current.CancellationToken);

    /// <summary>Starts a region's node, with its replicator where it has peers, and waits until both are ready.</summary>
    public async Task StartAsync(RegionState region, IReadOnlyDictionary<string, string>? serverSettings = null)
    {
        if (!OsProcess.IsAlive(region.Server))
            StartServer(region, serverSettings);
        await AliveAsync(region);
        if (State.Regions.Count == 1)
            return;
        if (!OsProcess.IsAlive(region.Replicator))
            StartReplicator(region);
        await ReadyAsync(region);
    }

    /// <summary>SIGKILL, and waits until the process is gone.</summary>
    public static async Task KillAsync(ProcessState? process)
    {
        if (process is null)
            return;
        OsProcess.Signal(process, OsProcess.Kill);
        await GoneAsync(process);
    }

    /// <summary>SIGTERM, and waits until the process is gone.</summary>
    public static async Task StopAsync(ProcessState? process)
    {
        if (process is null)
            return;
        OsProcess.Signal(process, OsProcess.Terminate);
        await GoneAsync(process);
    }

    public static async Task GoneAsync(ProcessState process) =>
        Assert.True(await OsProcess.WaitGoneAsync(process, ExitLimit, TestContext.Current.CancellationToken), $"process {process.Pid} is still there after {ExitLimit.TotalSeconds:0} s");

    public static RespConnection Connect(RegionState region) => new(region.ClientPort, password: null);

    public NodeClient Client(RegionState region)
    {
        NodeClient? client = _clients.Find(c => ReferenceEquals(c.Region, region));
        if (client is null)
            _clients.Add(client = new NodeClient(region, RegionAccess.Of(State, region)));
        return client;
    }

    /// <summary>Waits until every region has applied all that every other one made, then compares all keys.</summary>
    public async Task ConvergedAsync(params IReadOnlyList<RegionState> regions)
    {
        IReadOnlyList<RegionState> all = regions.Count > 0 ? regions : State.Regions;
        foreach (RegionState origin in all)
        {
            foreach (RegionState receiver in all.Where(receiver => receiver != origin))
                await CaughtUpAsync(origin, receiver);
        }

        VerifyReport report = await new Verifier([.. all.Select(Client)]).RunAsync(Until.Limit, TestContext.Current.CancellationToken);
        Assert.True(report.Equal, $"{report.DifferencesTotal} keys differ, among them {string.Join(", ", report.Differences.Take(5).Select(d => d.Key))}");
    }

    /// <summary>Waits until the receiver has applied exactly as many changes as the origin made: none is missing and none came back.</summary>
    public Task CaughtUpAsync(RegionState origin, RegionState receiver) =>
        Until.Reaches(
            async () => await SequenceCheck.ReadAsync(Client(origin), Client(receiver), State.ClusterId, TestContext.Current.CancellationToken) is { } read ? (read.Applied, read.Made) : null,
            (applied, made) => applied == made,
            $"{receiver.Name} to apply what {origin.Name} made");

    /// <summary>Ends the workloads, waits until the regions agree, and holds each of them against every ledger.</summary>
    public async Task HoldsInAllAsync(params IReadOnlyList<Workload> loads)
    {
        foreach (Workload load in loads)
            load.Stop();
        await ConvergedAsync();
        foreach (RegionState region in State.Regions)
            LedgerCheck.Holds(region.ClientPort, [.. loads.SelectMany(load => load.Writers)]);
    }

    public string ServerLog(RegionState region) => ReadLog(State.ServerLogOf(region));

    public string ReplicatorLog(RegionState region) => ReadLog(State.ReplicatorLogOf(region));

    public async ValueTask DisposeAsync()
    {
        foreach (NodeClient client in _clients)
            client.Dispose();
        foreach (RegionState region in State.Regions)
        {
            await KillAsync(region.Replicator);
            await KillAsync(region.Server);
        }

        List<string> bugs = [.. State.Regions.SelectMany(region => Bugs(region.Name + " server", ServerLog(region)).Concat(Bugs(region.Name + " replicator", ReplicatorLog(region))))];
        foreach (LoopDisk disk in _disks)
            await disk.DisposeAsync();
        bool keep = bugs.Count > 0 || Environment.GetEnvironmentVariable("MCKV_TEST_KEEP") == "1";
        if (!keep)
            Directory.Delete(State.Directory, recursive: true);
        Assert.True(bugs.Count == 0, $"{string.Join('\n', bugs.Take(5))}\nlogs are in {State.Directory}");
    }

    private static UpOptions Options(string regions, IEnumerable<string> settings) => new()
    {
        Directory = Directory.CreateTempSubdirectory("mckv-it-").FullName,
        Regions = regions,
        PortBase = FreePortBase(regions.Split(',').Length),
        Settings = [.. settings],
    };

    private static TestSystem Write(SystemState state)
    {
        foreach (RegionState region in state.Regions)
            NodeConfigFile.Write(state, region);
        return new TestSystem(state);
    }

    private static IEnumerable<string> Bugs(string who, string log) =>
        log.Split('\n').Where(line => SignsOfABug.Any(sign => line.Contains(sign, StringComparison.Ordinal))).Select(line => $"{who}: {line}");

    private static string ReadLog(string path) => File.Exists(path) ? File.ReadAllText(path) : string.Empty;

    private static int FreePortBase(int regions)
    {
        while (true)
        {
            int first = Random.Shared.Next(FirstPort / SystemPlan.PortsPerRegion, LastPort / SystemPlan.PortsPerRegion) * SystemPlan.PortsPerRegion;
            if (Enumerable.Range(0, regions).All(region => Enumerable.Range(0, 5).All(port => Ports.IsFree(first + (region * SystemPlan.PortsPerRegion) + port))))
                return first;
        }
    }
}
