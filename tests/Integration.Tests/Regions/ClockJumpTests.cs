using MultiCloudKv.Cli.Deployment;
using MultiCloudKv.Cli.Remote;
using MultiCloudKv.Integration.Tests.Harness;

namespace MultiCloudKv.Integration.Tests.Regions;

public sealed class ClockJumpTests
{
    private const string Library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";

    [Fact]
    public async Task S11_S32_NodesClockJumpsAheadAndBack_ItRefusesWritesMeanwhileAndAllConverges()
    {
        Assert.SkipUnless(File.Exists(Library), "needs libfaketime (apt-get install libfaketime)");
        await using TestSystem system = TestSystem.Plan("east,west", [.. TestSystem.SmallParts, "max-clock-drift-ms=1000"]);
        RegionState east = system[0], west = system[1];
        string clock = Path.Combine(system.State.Directory, "clock");
        await File.WriteAllTextAsync(clock, "+0", TestContext.Current.CancellationToken);
        system.StartServer(east);
        system.StartServer(west, new Dictionary<string, string>
        {
            ["LD_PRELOAD"] = Library,
            ["FAKETIME_TIMESTAMP_FILE"] = clock,
            ["FAKETIME_NO_CACHE"] = "1",
            ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
        });
        await system.AliveAsync(east);
        await system.AliveAsync(west);
        system.StartReplicator(east);
        system.StartReplicator(west);
        await system.ReadyAsync(east);
        await system.ReadyAsync(west);
        using RespConnection atEast = TestSystem.Connect(east), atWest = TestSystem.Connect(west);
        long counted = 0;
        await Until.True(() => Count(atWest) && atEast.Ask("GET", "n").Text.Length > 0, "west's first changes in east");

        await File.WriteAllTextAsync(clock, "+8", TestContext.Current.CancellationToken);
        await Until.True(() => !Count(atWest), "west to refuse its clients while its clock is ahead");
        Assert.Contains("clock", atWest.Ask("INCR", "n").Text, StringComparison.Ordinal);
        Assert.Equal("OK", atEast.Ask("SET", "from-east", "1").Text);
        await Until.True(() => atWest.Ask("GET", "from-east").Text == "1", "east's changes in west all the same");

        await File.WriteAllTextAsync(clock, "+0", TestContext.Current.CancellationToken);
        await Until.True(() => Count(atWest), "west to take writes again");
        await system.ConvergedAsync();
        Assert.Equal(counted, atEast.Ask("GET", "n").Integer);
        Assert.Equal(counted, atWest.Ask("GET", "n").Integer);

        bool Count(RespConnection client)
        {
            bool taken = !client.Ask("INCR", "n").IsError;
            counted += taken ? 1 : 0;
            return taken;
        }
    }
}
