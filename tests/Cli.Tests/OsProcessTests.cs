using System.Diagnostics;
using MultiCloudKv.Cli.Deployment;

namespace MultiCloudKv.Cli.Tests;

public sealed class OsProcessTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(5);

    [Fact]
    public async Task Signal_ProcessItStarted_EndsIt()
    {
        ProcessState sleeper = OsProcess.Start("/bin/sleep", ["60"], log: null);
        Assert.True(OsProcess.IsAlive(sleeper));
        // Between two programs of one process nothing is resident for a moment.
        long begun = Stopwatch.GetTimestamp();
        while (OsProcess.ResidentBytes(sleeper) is not > 0)
        {
            Assert.True(Stopwatch.GetElapsedTime(begun) < Limit);
            await Task.Delay(PollInterval, TestContext.Current.CancellationToken);
        }

        Assert.True(OsProcess.Signal(sleeper, OsProcess.Terminate));
        Assert.True(await OsProcess.WaitGoneAsync(sleeper, Limit, TestContext.Current.CancellationToken));
        Assert.False(OsProcess.Signal(sleeper, OsProcess.Kill));
    }

    [Fact]
    public async Task Signal_AnotherProcessWithTheSameNumber_IsLeftAlone()
    {
        ProcessState sleeper = OsProcess.Start("/bin/sleep", ["60"], log: null);
        ProcessState recycled = sleeper with { StartTicks = sleeper.StartTicks - 1 };
        Assert.False(OsProcess.IsAlive(recycled));
        Assert.False(OsProcess.Signal(recycled, OsProcess.Kill));
        Assert.False(OsProcess.Signal(sleeper with { BootId = "another boot" }, OsProcess.Kill));
        Assert.True(OsProcess.IsAlive(sleeper));
        OsProcess.Signal(sleeper, OsProcess.Kill);
        Assert.True(await OsProcess.WaitGoneAsync(sleeper, Limit, TestContext.Current.CancellationToken));
    }
}
