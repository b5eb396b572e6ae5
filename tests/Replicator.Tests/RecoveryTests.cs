using MultiCloudKv.Foundation;
using MultiCloudKv.Replicator.Tests.Support;
using MultiCloudKv.Rpc.Messages;

namespace MultiCloudKv.Replicator.Tests;

/// <summary>Nodes that come back with less than they had, replicators too many, regions that stay away.</summary>
public sealed class RecoveryTests
{
    [Fact]
    public async Task S13_SecondReplicatorForOneNode_TheFirstIsFencedAndSaysWhy()
    {
        await using TestSystem system = await TestSystem.StartedAsync();
        Task first = system.A.Running;
        await using var second = new ReplicatorHost(WithOtherPort(system.A), system.Loggers);
        Task running = second.RunAsync();
        await second.Started.WaitAsync(TestSystem.Patience);
        FencedException fenced = await Assert.ThrowsAsync<FencedException>(() => first.WaitAsync(TestSystem.Patience));
        Assert.Contains("epoch", fenced.Message, StringComparison.Ordinal);
        system.B.Engine.Write("for the second"u8, 3);
        await TestSystem.EventuallyAsync(() => system.A.Engine.AppliedCount == 1);
        await second.StopAsync();
        await running;
    }

    [Fact]
    public async Task S15_NodeReturnsWithAnOlderLog_TakesItsOwnChangesBackBeforeItWrites()
    {
        await using TestSystem system = await TestSystem.StartedAsync();
        for (int i = 0; i < 100; i++)
            system.A.Engine.Write("kept"u8, i * 100);
        await system.ConvergedAsync(system.A, system.B);
        string copy = system.A.CopyBinlog();
        for (int i = 0; i < 150; i++)
            system.A.Engine.Write("lost and had by the other"u8, i * 100);
        await system.ConvergedAsync(system.A, system.B);
        var before = system.A.Engine.OwnEnds().Select(e => (e.Partition, e.Sequence, e.Stamp)).ToList();

        await system.A.StopNodeAsync();
        system.A.RestoreBinlog(copy);
        await system.A.StartNodeAsync();
        await system.WritableAsync();
        Assert.Equal(before, system.A.Engine.OwnEnds().Select(e => (e.Partition, e.Sequence, e.Stamp)));
        Assert.Contains("took back 150", system.A.Engine.WritableReason, StringComparison.Ordinal);

        for (int i = 0; i < 50; i++)
            system.A.Engine.Write("new"u8, i * 100);
        await system.ConvergedAsync(system.A, system.B);
        Assert.Equal(300, system.B.Engine.AppliedCount);
        Assert.Empty(system.B.Status.Alarms);
    }

    [Fact]
    public async Task S25_RestoredRegionWithItsClockBehind_NewChangesAreNotTakenForDuplicates()
    {
        var time = new SkewedTime();
        await using var system = new TestSystem();
        system.A.Time = time;
        await system.StartAsync();
        string copy = system.A.CopyBinlog();
        for (int i = 0; i < 40; i++)
            system.A.Engine.Write("lost"u8, i);
        await system.ConvergedAsync(system.A, system.B);
        await system.A.StopReplicatorAsync();
        await system.A.StopNodeAsync();
        system.A.RestoreBinlog(copy);
        time.Offset = -TimeSpan.FromSeconds(3);
        await system.A.StartAsync();
        await system.WritableAsync();
        for (int i = 0; i < 40; i++)
            system.A.Engine.Write("new"u8, i);
        await system.ConvergedAsync(system.A, system.B);
        Assert.Equal(80, system.B.Engine.AppliedCount);
        Assert.Equal(80, system.B.Engine.Applied.Select(a => a.Stamp).Distinct().Count());
    }

    [Fact]
    public async Task S34_OwnChangesLostToAllButWhatThisRegionSaw_AreSeenAgainBeforeItWrites()
    {
        await using TestSystem system = await TestSystem.StartedAsync();
        string copy = system.A.CopyBinlog();
        for (int i = 0; i < 100; i++)
            system.B.Engine.Write("seen by a"u8, i * 100);
        await system.ConvergedAsync(system.B, system.A);
        await TestSystem.EventuallyAsync(() => system.B.Engine.Cursors().Where(c => c.Origin == 1 && c.Sequence == 0).All(c => c.Known[2] > 0) && system.B.Engine.Cursors().Count(c => c.Origin == 1) == 16);
        ulong newest = system.A.Engine.Applied.Max(a => a.Stamp);
        await TestSystem.EventuallyAsync(() => system.B.Engine.Cursors().Where(c => c.Origin == 1).All(c => c.Known[2] >= newest));
        await system.A.StopReplicatorAsync();
        await system.A.StopNodeAsync();
        system.A.RestoreBinlog(copy);
        await system.A.StartAsync();
        await system.WritableAsync();
        Assert.Equal(100, system.A.Engine.AppliedCount);
    }

    [Fact]
    public async Task Start_NobodyAnswersAndNothingIsProven_WaitsAndSaysSoUntilForced()
    {
        await using TestSystem system = await TestSystem.StartedAsync();
        system.A.Engine.Write("known to b"u8, 1);
        await system.ConvergedAsync(system.A, system.B);
        string copy = system.A.CopyBinlog();
        await system.A.StopReplicatorAsync();
        await system.A.StopNodeAsync();
        await system.B.StopReplicatorAsync();
        system.A.RestoreBinlog(copy);
        await system.A.StartAsync();
        await TestSystem.EventuallyAsync(() => system.A.Replicator!.Service?.Status().Alarms.Any(a => a.Contains("force-writable", StringComparison.Ordinal)) ?? false);
        Assert.False(system.A.Engine.Writable);

        await system.A.StopReplicatorAsync();
        await system.A.StopNodeAsync();
        await system.A.StartNodeAsync(force: true);
        system.A.StartReplicator();
        await TestSystem.EventuallyAsync(() => system.A.Engine.Writable);
        Assert.Equal(2U, system.A.Engine.Identity.Incarnation);
    }

    [Fact]
    public async Task S14_OneOfThreeRegionsUnreachable_TheOtherTwoStayInSync()
    {
        await using TestSystem system = await TestSystem.StartedAsync(regions: 3);
        await system.Regions[2].StopReplicatorAsync();
        await system.Regions[2].StopNodeAsync();
        for (int i = 0; i < 200; i++)
        {
            system.A.Engine.Write("a"u8, i * 50);
            system.B.Engine.Write("b"u8, i * 50);
        }

        await system.ConvergedAsync(system.A, system.B);
        await system.ConvergedAsync(system.B, system.A);
        Assert.Contains(system.A.Status.Origins, o => o.Region == 3 && o.State == LinkState.Connecting);
    }

    [Fact]
    public async Task S30_RegionDiesAfterReachingOneOfTwoSurvivors_TheOtherTakesItsChangesFromThatOne()
    {
        await using var system = new TestSystem(regions: 3);
        foreach (TestRegion region in system.Regions)
            region.ExtraConfig = "gap-wait-ms: 200";
        await system.StartAsync();
        TestRegion dying = system.Regions[2];
        await system.B.SetLinkAsync(dying, paused: true);
        for (int i = 0; i < 100; i++)
            dying.Engine.Write("last words"u8, i * 150);
        await system.ConvergedAsync(dying, system.A);
        ulong last = dying.Engine.OwnEnds().Max(e => e.Stamp);
        await TestSystem.EventuallyAsync(() => system.A.Engine.Cursors().Where(c => c.Origin == 3).Min(c => c.Frontier) >= last);
        await dying.StopReplicatorAsync();
        await system.B.SetLinkAsync(dying, paused: false);
        await system.ConvergedAsync(dying, system.B);
        Assert.Equal(
            system.A.Engine.Applied.Select(a => a.Identity).Order(),
            system.B.Engine.Applied.Select(a => a.Identity).Order());
        await TestSystem.EventuallyAsync(() => system.B.Engine.Cursors().Where(c => c.Origin == 3).Min(c => c.Frontier) >= last);
    }

    [Fact]
    public async Task S32_OriginsClockJumpsAhead_ItsStreamWaitsWithAnAlarmAndResumesByItself()
    {
        var time = new SkewedTime();
        await using var system = new TestSystem();
        system.B.Time = time;
        system.B.ExtraConfig = "max-clock-drift-ms: 2000";
        await system.StartAsync();
        system.A.Engine.Write("in time"u8, 1);
        await system.ConvergedAsync(system.A, system.B);
        time.Offset = -TimeSpan.FromSeconds(60);
        system.A.Engine.Write("from the future"u8, 1);
        await TestSystem.EventuallyAsync(() => system.B.Status.Origins[0].State == LinkState.ClockDrift && system.B.Status.Alarms.Count == 1);
        Assert.Equal(1, system.B.Engine.AppliedCount);
        time.Offset = TimeSpan.Zero;
        await system.ConvergedAsync(system.A, system.B);
        await TestSystem.EventuallyAsync(() => system.B.Status.Alarms.Count == 0 && system.B.Status.Origins[0].State == LinkState.Streaming);
    }

    [Fact]
    public async Task S10_NodeThatTakesNoMore_IsAlarmedForAndGoesOnByItself()
    {
        await using TestSystem system = await TestSystem.StartedAsync();
        system.B.Engine.Busy = true;
        system.A.Engine.Write("has to wait"u8, 1);
        await TestSystem.EventuallyAsync(() => system.B.Status.Alarms.Count == 1);
        system.B.Engine.Busy = false;
        await system.ConvergedAsync(system.A, system.B);
        await TestSystem.EventuallyAsync(() => system.B.Status.Alarms.Count == 0);
    }

    [Fact]
    public async Task Retention_ConfirmedPosition_FollowsTheSlowestPeer()
    {
        await using TestSystem system = await TestSystem.StartedAsync(regions: 3);
        for (int i = 0; i < 100; i++)
            system.A.Engine.Write("x"u8, i * 100);
        long end = system.A.Engine.Log.Committed;
        await TestSystem.EventuallyAsync(() => system.A.Engine.Confirmed >= end);
        await system.Regions[2].StopReplicatorAsync();
        for (int i = 0; i < 100; i++)
            system.A.Engine.Write("y"u8, i * 100);
        await system.ConvergedAsync(system.A, system.B);
        long now = system.A.Engine.Log.Committed;
        await TestSystem.EventuallyAsync(() => system.A.Engine.Peers.Any(p => p.Region == 2 && p.ConfirmedPosition >= now));
        Assert.True(system.A.Engine.Confirmed < now);
    }

    [Fact]
    public async Task S1_PeerThatHoldsBackMoreThanTheBound_IsAlarmedForAndNoLongerWaitedFor()
    {
        await using var system = new TestSystem();
        foreach (TestRegion region in system.Regions)
            region.ExtraConfig = "binlog: {max-bytes: 4MiB, segment-bytes: 1MiB}";
        await system.StartAsync();
        await system.B.StopReplicatorAsync();
        byte[] value = new byte[10_000];
        for (int i = 0; i < 500; i++)
            system.A.Engine.Write(value, i);
        long end = system.A.Engine.Log.Committed;
        await TestSystem.EventuallyAsync(() => system.A.Engine.Peers.Any(p => p.NeedsResync) && system.A.Engine.Confirmed >= end);
        Assert.Contains(system.A.Status.Alarms, a => a.Contains("needs-resync", StringComparison.Ordinal));

        system.B.StartReplicator();
        await system.ConvergedAsync(system.A, system.B);
        await TestSystem.EventuallyAsync(() => system.A.Engine.Peers.All(p => !p.NeedsResync) && system.A.Status.Alarms.Count == 0);
    }

    [Fact]
    public async Task S20_PausedLink_StaysPausedOverARestart()
    {
        await using TestSystem system = await TestSystem.StartedAsync();
        await system.B.SetLinkAsync(system.A, paused: true);
        await system.B.StopReplicatorAsync();
        system.B.StartReplicator();
        system.A.Engine.Write("not yet"u8, 1);
        await TestSystem.EventuallyAsync(() => system.B.Replicator!.Service?.Status().Origins.FirstOrDefault()?.State == LinkState.Paused);
        Assert.Equal(0, system.B.Engine.AppliedCount);
        await system.B.SetLinkAsync(system.A, paused: false);
        await system.ConvergedAsync(system.A, system.B);
    }

    private static Rpc.Configuration.NodeConfig WithOtherPort(TestRegion region)
    {
        string peers = string.Concat(region.Config().Peers.Select(p => $"  - {{name: {p.Name}, id: {p.Id}, replicator: {p.Replicator}}}\n"));
        return Rpc.Configuration.NodeConfigLoader.Parse(
            $"cluster-id: test\nregion:\n  name: {region.Name}\n  id: {region.Id}\ndata-dir: {region.DataDirectory}\nrpc:\n  port: {region.NodePort}\npeers:\n{peers}",
            "second");
    }
}
