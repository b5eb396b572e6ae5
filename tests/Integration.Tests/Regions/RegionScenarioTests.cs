using System.Diagnostics;
using System.Globalization;
using MultiCloudKv.Cli;
using MultiCloudKv.Cli.Deployment;
using MultiCloudKv.Cli.Remote;
using MultiCloudKv.Foundation;
using MultiCloudKv.Integration.Tests.Harness;
using MultiCloudKv.Integration.Tests.Workloads;
using MultiCloudKv.Rpc.Messages;

namespace MultiCloudKv.Integration.Tests.Regions;

/// <summary>Failure scenarios between regions of real processes.</summary>
public sealed class RegionScenarioTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task S13_SecondReplicatorOfANode_TheFirstIsFencedAndSaysSo()
    {
        await using TestSystem system = await TestSystem.UpAsync("east,west", TestSystem.SmallParts);
        RegionState east = system[0];
        ProcessStartInfo second = new("/bin/sh", ["-c", "exec \"$0\" --config \"$1\" >\"$2\" 2>&1", SourceTree.Executable("Replicator"), SecondConfig(system, east), Path.Combine(system.State.Directory, "second.log")]);
        using Process process = Process.Start(second)!;
        try
        {
            await TestSystem.GoneAsync(east.Replicator!);
            Assert.Contains("fenced", system.ReplicatorLog(east), StringComparison.Ordinal);
            Assert.False(process.HasExited);
            system.StartReplicator(east);
            await process.WaitForExitAsync(Stop).WaitAsync(Until.Limit, Stop);
            Assert.Equal(ExitCodes.Fenced, process.ExitCode);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }

        await system.ReadyAsync(east);
        using RespConnection client = TestSystem.Connect(east);
        client.Ask("INCR", "counter");
        await system.ConvergedAsync();
    }

    [Fact]
    public async Task S14_S30_OneOfThreeCutOffThenKilled_SurvivorsStayInSyncAndLevel()
    {
        await using TestSystem system = await TestSystem.UpAsync("east,west,north", TestSystem.SmallParts);
        RegionState east = system[0], west = system[1], north = system[2];
        using RespConnection atEast = TestSystem.Connect(east), atWest = TestSystem.Connect(west), atNorth = TestSystem.Connect(north);
        // North reaches east only: west will have to get north's last changes from east.
        await system.Client(west).SetLinkAsync("north", paused: true, Stop);
        for (int i = 0; i < 200; i++)
        {
            atNorth.Ask("INCR", "n");
            atEast.Ask("INCR", "e");
            atWest.Ask("INCR", "w");
        }

        await Until.True(() => atEast.Ask("GET", "n").Text == "200" && atEast.Ask("GET", "w").Text == "200" && atWest.Ask("GET", "e").Text == "200", "east and west to be in sync, east with north");
        Assert.NotEqual("200", atWest.Ask("GET", "n").Text);
        await Task.WhenAll(TestSystem.KillAsync(north.Replicator), TestSystem.KillAsync(north.Server));
        await system.Client(west).SetLinkAsync("north", paused: false, Stop);
        // A change of east that had seen north's makes west ask for them.
        atEast.Ask("INCRBY", "n", "1");
        await Until.True(() => atWest.Ask("GET", "n").Text == "201", "west to get north's last changes from east");
        await system.ConvergedAsync(east, west);
    }

    /// <summary>With a target of a millisecond every confirmation is late; a reply that must wait for a sync goes another way than one that need not.</summary>
    [Theory]
    [InlineData("everysec")]
    [InlineData("always")]
    public async Task PeerConfirmsLate_WritersAreSlowedAndNoneIsRefused(string sync)
    {
        await using TestSystem system = await TestSystem.UpAsync("east,west", [.. TestSystem.SmallParts, "replication.target-lag-ms=1", $"binlog.sync={sync}"]);
        using RespConnection client = TestSystem.Connect(system[0]);
        int written = 0;
        await Until.True(
            () =>
            {
                for (int i = 0; i < 100; i++)
                    Assert.Equal("OK", client.Ask("SET", "k", (++written).ToString(CultureInfo.InvariantCulture)).Text);
                string[] info = client.Ask("INFO", "mckv").Text.Split("\r\n");
                return info.Any(line => line.StartsWith("flow_control_pauses:", StringComparison.Ordinal) && line != "flow_control_pauses:0");
            },
            "writes to be slowed");
        await system.ConvergedAsync();
        using RespConnection west = TestSystem.Connect(system[1]);
        Assert.Equal(written.ToString(CultureInfo.InvariantCulture), west.Ask("GET", "k").Text);
    }

    [Fact]
    public async Task S20_LinkPausedAndResumedUnderTransactions_EachIsSeenWhole()
    {
        await using TestSystem system = await TestSystem.UpAsync("east,west", TestSystem.SmallParts);
        RegionState east = system[0], west = system[1];
        bool stop = false;
        Thread writer = new(() =>
        {
            using RespConnection client = TestSystem.Connect(east);
            for (int i = 0; !Volatile.Read(ref stop); i++)
                Pair(client, "{t}a", "{t}b", i);
        });
        writer.Start();
        try
        {
            using RespConnection reader = TestSystem.Connect(west);
            string last = string.Empty;
            for (int round = 0; round < Scale.Rounds(5, 50); round++)
            {
                await system.Client(west).SetLinkAsync("east", paused: true, Stop);
                await system.Client(west).SetLinkAsync("east", paused: false, Stop);
                await Until.True(
                    () =>
                    {
                        RespValue both = reader.Ask("MGET", "{t}a", "{t}b");
                        Assert.Equal(both.Items[0].Text, both.Items[1].Text);
                        bool moved = both.Items[0].Text != last;
                        last = both.Items[0].Text;
                        return moved;
                    },
                    "changes to flow again");
            }
        }
        finally
        {
            Volatile.Write(ref stop, true);
            writer.Join();
        }

        await system.ConvergedAsync();
    }

    [Fact]
    public async Task S29_PipelinesWriteTwoKeysInOppositeOrder_NoDeadlockAndNoHalfTransaction()
    {
        await using TestSystem system = await TestSystem.UpAsync("east,west", TestSystem.SmallParts);
        const int turns = 1_500;
        int done = 0, halves = 0;
        Thread[] threads =
        [
            .. new[] { ("x", "y"), ("y", "x") }.Select((pair, index) => new Thread(() =>
            {
                using RespConnection client = TestSystem.Connect(system[0]);
                for (int i = 0; i < turns; i++)
                    Pair(client, pair.Item1, pair.Item2, (i * 2) + index);
                Interlocked.Increment(ref done);
            })),
            .. new[] { ("y", "x"), ("x", "y") }.Select(pair => new Thread(() =>
            {
                using RespConnection client = TestSystem.Connect(system[0]);
                while (Volatile.Read(ref done) < 2)
                {
                    // Written here, both; written in west, both in one slot.
                    foreach ((string one, string other) in new[] { pair, ("{w}1", "{w}2") })
                    {
                        RespValue both = client.Ask("MGET", one, other);
                        if (both.Items[0].Text != both.Items[1].Text)
                            Interlocked.Increment(ref halves);
                    }

                    client.Ask("MSET", pair.Item1 + "2", "1", pair.Item2 + "2", "1");
                }
            })),
            .. new[] { ("x2", "y2"), ("y2", "x2") }.Select(pair => new Thread(() =>
            {
                using RespConnection client = TestSystem.Connect(system[1]);
                for (int i = 0; Volatile.Read(ref done) < 2; i++)
                {
                    Pair(client, "{w}1", "{w}2", i);
                    client.Ask("MSET", pair.Item1, "2", pair.Item2, "2");
                }
            })),
        ];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            Assert.True(thread.Join(Until.Limit), "a pipeline hangs");
        Assert.Equal(0, halves);
        await system.ConvergedAsync();
    }

    [Fact]
    public async Task S17_OneKeyWrittenAsThreeTypesApart_NewestShowsEverywhereAndTheStreamGoesOn()
    {
        await using TestSystem system = await TestSystem.UpAsync("east,west,north", TestSystem.SmallParts);
        string[][] writes = [["SET", "k", "text"], ["HSET", "k", "f", "v"], ["ZADD", "k", "2", "m"]];
        foreach (RegionState region in system.State.Regions)
            await LinksAsync(system, region, paused: true);
        foreach (RegionState region in system.State.Regions)
            await Until.True(async () => (await system.Client(region).ReplicatorStatusAsync(Stop)).Status?.Origins.All(origin => origin.State == LinkState.Paused) ?? false, $"{region.Name}'s links to be paused");
        foreach ((RegionState region, string[] write) in system.State.Regions.Zip(writes))
        {
            using RespConnection client = TestSystem.Connect(region);
            Assert.False(client.Ask(write).IsError);
            Assert.False(client.Ask("INCR", "after").IsError);
        }

        foreach (RegionState region in system.State.Regions)
            await LinksAsync(system, region, paused: false);
        await system.ConvergedAsync();
        HashSet<string> shown = [], siblings = [];
        foreach (RegionState region in system.State.Regions)
        {
            using RespConnection client = TestSystem.Connect(region);
            shown.Add(client.Ask("TYPE", "k").Text);
            IReadOnlyList<RespValue> conflicts = client.Ask("CONFLICTS", "k").Items;
            Assert.Equal(2, conflicts.Count);
            siblings.Add(string.Join(' ', conflicts.Select(sibling => string.Join('|', sibling.Items.Select(item => item.Text)))));
            Assert.Equal("3", client.Ask("GET", "after").Text);
        }

        // Each region's clock orders its writes against the others': which one was last is theirs to say.
        Assert.Single(shown);
        Assert.Single(siblings);
        using RespConnection east = TestSystem.Connect(system[0]), north = TestSystem.Connect(system[2]);
        Assert.Equal("OK", east.Ask("SET", "k", "settled").Text);
        await Until.True(() => north.Ask("TYPE", "k").Text == "string" && north.Ask("GET", "k").Text == "settled", "the write that had seen all three in north");
        Assert.Empty(north.Ask("CONFLICTS", "k").Items);
        await system.ConvergedAsync();
    }

    [Fact]
    public async Task S35_BothRegionsWriteTheSameKeysFlatOut_ConvergeExactly()
    {
        const int keys = 500;
        await using TestSystem system = await TestSystem.UpAsync("east,west", TestSystem.SmallParts);
        long[] counted = new long[2];
        Thread[] threads = [.. system.State.Regions.Select((region, index) => new Thread(() => counted[index] = FlatOut(region, keys, Scale.Rounds(100, 2_000))))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        await system.ConvergedAsync();
        foreach (RegionState region in system.State.Regions)
        {
            using RespConnection client = TestSystem.Connect(region);
            Assert.Equal(counted.Sum(), long.Parse(client.Ask("GET", "sum").Text, CultureInfo.InvariantCulture));
        }
    }

    private static long FlatOut(RegionState region, int keys, int batches)
    {
        const int batch = 200;
        using RespConnection client = TestSystem.Connect(region);
        Random random = new(region.Id);
        long counted = 0;
        for (int i = 0; i < batches; i++)
        {
            for (int j = 0; j < batch; j++)
            {
                string key = random.Next(keys).ToString(CultureInfo.InvariantCulture);
                client.Append("SET", "s" + key, $"{region.Name}{i}.{j}");
                client.Append("HSET", "h" + key, $"f{j % 4}", $"{region.Name}{i}");
                client.Append(random.Next(3) == 0 ? ["DEL", "d" + key] : ["SADD", "d" + key, region.Name]);
                client.Append("INCR", "sum");
            }

            client.Flush();
            for (int j = 0; j < batch; j++)
            {
                for (int reply = 0; reply < 4; reply++)
                    Assert.False(client.Read().IsError);
                counted++;
            }
        }

        return counted;
    }

    private static async Task LinksAsync(TestSystem system, RegionState to, bool paused)
    {
        foreach (RegionState from in system.State.Regions.Where(from => from != to))
            Assert.True(await system.Client(to).SetLinkAsync(from.Name, paused, Stop));
    }

    private static void Pair(RespConnection client, string first, string second, int value)
    {
        string text = value.ToString(CultureInfo.InvariantCulture);
        client.Append("MULTI");
        client.Append("SET", first, text);
        client.Append("SET", second, text);
        client.Append("EXEC");
        client.Flush();
        for (int reply = 0; reply < 4; reply++)
            client.Read();
    }

    /// <summary>The same node, but the replicator's own ports are others: only the node can tell the two apart.</summary>
    private static string SecondConfig(TestSystem system, RegionState region)
    {
        HashSet<int> taken = [];
        string text = File.ReadAllText(system.State.ConfigOf(region))
            .Replace($"admin-port: {region.ReplicatorAdminPort}", $"admin-port: {Ports.Pick(1, 0, taken)}", StringComparison.Ordinal)
            .Replace($"port: {region.ReplicatorPort}\n", $"port: {Ports.Pick(1, 0, taken)}\n", StringComparison.Ordinal);
        string path = Path.Combine(system.State.Directory, "second.yaml");
        File.WriteAllText(path, text);
        return path;
    }
}
