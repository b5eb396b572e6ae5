using MultiCloudKv.Cli.Deployment;
using MultiCloudKv.Cli.Remote;
using MultiCloudKv.Integration.Tests.Harness;
using MultiCloudKv.Integration.Tests.Workloads;

namespace MultiCloudKv.Integration.Tests.Disks;

/// <summary>After a sync failed nothing more can be promised: writes stop with the reason, reads go on, and a start on a healthy disk has it all.</summary>
public sealed class FailedSyncTests
{
    private const string SyncCalls = "fdatasync,fsync,msync";

    [Theory]
    [InlineData("always")]
    [InlineData("everysec")]
    public async Task FailedSync_StopsWritesWithItsReason_ReadsGoOn(string policy)
    {
        Needs.Root();
        Needs.Programs(("strace", "strace"));
        await using TestSystem system = TestSystem.Plan("east", [.. TestSystem.SmallParts, $"binlog.sync={policy}"]);
        RegionState east = system[0];
        await system.StartAsync(east);
        Workload load = new("w", east);
        await load.ReachesAsync(1_000);
        ProcessState server = east.Server!;
        await using (await FailingCalls.StartAsync(server, SyncCalls, "EIO", Path.Combine(system.State.Directory, "strace.log")))
        {
            await Until.True(() => load.Writers.All(writer => writer.Errors.Count > 0), "every writer to be refused");
            load.Stop();
            Assert.All(load.Errors.Where(error => !error.StartsWith("EXECABORT", StringComparison.Ordinal)), error => Assert.Contains("Input/output error", error, StringComparison.Ordinal));
            using RespConnection client = TestSystem.Connect(east);
            Assert.StartsWith("MISCONF", client.Ask("SET", "refused", "1").Text, StringComparison.Ordinal);
            await Until.True(() => system.ServerLog(east).Contains("an epoch could not be written", StringComparison.Ordinal), "the next epoch to be due");
            Assert.Equal(LedgerWriter.Value(1), client.Ask("GET", "w:0:s:1").Text);
            Assert.StartsWith("MISCONF", client.Ask("SET", "refused", "1").Text, StringComparison.Ordinal);
            Assert.True(OsProcess.IsAlive(server));
            Assert.NotNull(await system.Client(east).PageAsync(east.AdminPort, "readyz", TestContext.Current.CancellationToken));
        }

        await TestSystem.StopAsync(server);
        await system.StartAsync(east);
        LedgerCheck.Holds(east.ClientPort, load.Writers);
        using RespConnection after = TestSystem.Connect(east);
        Assert.Equal(0, after.Ask("EXISTS", "refused").Integer);
    }
}
