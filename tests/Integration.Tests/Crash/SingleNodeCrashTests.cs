using MultiCloudKv.Cli.Deployment;
using MultiCloudKv.Integration.Tests.Harness;
using MultiCloudKv.Integration.Tests.Workloads;

namespace MultiCloudKv.Integration.Tests.Crash;

/// <summary>One node dies at each step of a write, of an epoch and of recovery: what it acknowledged is there afterwards.</summary>
public sealed class SingleNodeCrashTests
{
    private const int EnoughForAnEpoch = 20_000;

    public static TheoryData<string, int, int> Steps => new()
    {
        // Failpoint, and the passages between which it is hit for the last time.
        { "binlog.before-append", 100, 15_000 },
        { "binlog.after-append", 100, 15_000 },
        { "binlog.segment-roll", 1, 3 },
        { "binlog.before-sync", 1, 2 },
        { "commit.after-apply", 100, 15_000 },
        { "epoch-before-cut", 1, 2 },
        { "epoch.cut", 1, 2 },
        { "epoch-frozen", 1, 2 },
        { "epoch.before-flush", 1, 2 },
        { "epoch-before-commit", 1, 2 },
        { "epoch-written", 1, 2 },
        { "epoch.after-flush", 1, 2 },
        { "epoch-clean", 1, 2 },
    };

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task S24_WritersThenDeathAtAStep_NothingAcknowledgedIsMissing(string failpoint, int earliest, int latest)
    {
        await using TestSystem system = TestSystem.Plan("east", TestSystem.SmallParts);
        List<LedgerWriter> writers = [];
        for (int round = 0; round < Scale.Rounds(1, 8); round++)
        {
            int passage = Random.Shared.Next(earliest, latest + 1);
            TestContext.Current.TestOutputHelper?.WriteLine($"round {round}: {failpoint}:{passage}");
            await system.StartAsync(system[0], new Dictionary<string, string> { ["MCKV_FAILPOINT"] = $"{failpoint}:{passage}" });
            Workload load = new($"r{round}", system[0]);
            await TestSystem.GoneAsync(system[0].Server!);
            load.Stop();
            writers.AddRange(load.Writers);
            Assert.Empty(load.Errors);
            await system.StartAsync(system[0]);
            LedgerCheck.Holds(system[0].ClientPort, writers);
            await TestSystem.KillAsync(system[0].Server);
        }
    }

    [Fact]
    public async Task S24_WritersThenKill_NothingAppendedIsMissing()
    {
        await using TestSystem system = TestSystem.Plan("east", TestSystem.SmallParts);
        List<LedgerWriter> writers = [];
        for (int round = 0; round < Scale.Rounds(4, 40); round++)
        {
            await system.StartAsync(system[0]);
            if (writers.Count > 0)
                LedgerCheck.Holds(system[0].ClientPort, writers);
            Workload load = new($"r{round}", system[0], reconnects: false);
            await load.ReachesAsync(Random.Shared.Next(100, EnoughForAnEpoch));
            await TestSystem.KillAsync(system[0].Server);
            load.Stop();
            Assert.Empty(load.Errors);
            writers.AddRange(load.Writers);
        }

        Assert.True(writers.Sum(writer => writer.Unanswered) > 0, "no kill met a command under way");
        await system.StartAsync(system[0]);
        LedgerCheck.Holds(system[0].ClientPort, writers);
    }

    [Fact]
    public async Task S24_DeathDuringRecovery_TheNextStartRecoversAll()
    {
        await using TestSystem system = TestSystem.Plan("east", TestSystem.SmallParts);
        await system.StartAsync(system[0]);
        Workload load = new("w", system[0]);
        await load.ReachesAsync(EnoughForAnEpoch);
        await TestSystem.KillAsync(system[0].Server);
        load.Stop();
        for (int round = 0; round < Scale.Rounds(3, 10); round++)
        {
            system.StartServer(system[0], new Dictionary<string, string> { ["MCKV_FAILPOINT"] = $"binlog.during-recovery:{round + 1}" });
            ProcessState server = system[0].Server!;
            await Until.True(async () => !OsProcess.IsAlive(server) || await system.Client(system[0]).PageAsync(system[0].AdminPort, "readyz", TestContext.Current.CancellationToken) is null, "the node to die or to start");
            await TestSystem.KillAsync(server);
        }

        await system.StartAsync(system[0]);
        LedgerCheck.Holds(system[0].ClientPort, load.Writers);
    }

    [Fact]
    public async Task Stop_UnderLoad_EverythingAcknowledgedIsThereAndTheNextStartReplaysNothing()
    {
        await using TestSystem system = TestSystem.Plan("east", TestSystem.SmallParts);
        await system.StartAsync(system[0]);
        Workload load = new("w", system[0]);
        await load.ReachesAsync(5_000);
        await TestSystem.StopAsync(system[0].Server);
        load.Stop();
        await system.StartAsync(system[0]);
        LedgerCheck.Holds(system[0].ClientPort, load.Writers);
        Assert.Contains("replayed 0 records", system.ServerLog(system[0]).Split("serving region")[1], StringComparison.Ordinal);
    }
}
