using MultiCloudKv.Foundation;
using MultiCloudKv.Replicator.Tests.Support;
using MultiCloudKv.Replicator.Transports;
using MultiCloudKv.Rpc.Messages;

namespace MultiCloudKv.Replicator.Tests;

/// <summary>
/// What holds of either transport. Each test runs whole regions with a fake node: everything between a client's write at one and
/// the applied batch at the other is the product's own.
/// </summary>
public abstract class TransportContract
{
    /// <summary>The transport under test, as a replicator makes it.</summary>
    protected abstract ITransport Make(TransportParts parts);

    /// <summary>Lines of the configuration file that the transport needs; null when its broker is not there.</summary>
    protected virtual string? Configuration => "";

    /// <summary>Of the system; regions of two systems may meet in one broker.</summary>
    protected virtual string Cluster => "test";

    /// <summary>Without a log between them, a slow receiver holds the origin back.</summary>
    protected virtual bool HoldsTheOriginBack => true;

    /// <summary>What makes the origin unable to ship what a peer that was away lacks.</summary>
    private protected virtual Task ForgetAsync(TestRegion origin) => ForgetBinlogAsync(origin);

    [Fact]
    public async Task Changes_WrittenInBothRegions_ArriveOnceAndInOrder()
    {
        await using TestSystem system = await StartAsync();
        for (int i = 0; i < 2000; i++)
        {
            system.A.Engine.Write("from a"u8, (i * 37) % Slots.Count);
            system.B.Engine.Write("from b"u8, (i * 91) % Slots.Count, (i * 13) % Slots.Count);
        }

        await system.ConvergedAsync(system.A, system.B);
        await system.ConvergedAsync(system.B, system.A);
        Assert.Equal(2000, system.B.Engine.AppliedCount);
        Assert.Equal(4000, system.A.Engine.AppliedCount);
    }

    [Fact]
    public async Task S6_EveryMessageDeliveredTwice_TakesEffectOnce()
    {
        await using TestSystem system = await StartAsync(_ => 2);
        for (int i = 0; i < 500; i++)
            system.A.Engine.Write("once"u8, (i * 37) % Slots.Count);
        await system.ConvergedAsync(system.A, system.B);
        Assert.Equal(500, system.B.Engine.AppliedCount);
        Assert.True(system.B.Status.Origins[0].Duplicates > 0);
    }

    [Fact]
    public async Task S26_OneMessageLostAndThenQuiet_IsSeenByTheHeartbeatAndReshipped()
    {
        int lost = 0;
        await using TestSystem system = await StartAsync(m => m.Header.Kind == MessageKind.Changes && m.Header.Sequence >= 3 && Interlocked.Exchange(ref lost, 1) == 0 ? 0 : 1);
        for (int i = 0; i < 10; i++)
        {
            system.A.Engine.Write("in one slot"u8, 5);
            await Task.Delay(5);
        }

        await system.ConvergedAsync(system.A, system.B);
        Assert.Equal(1, lost);
        Assert.Equal(10, system.B.Engine.AppliedCount);
        Assert.True(system.B.Status.Origins[0].Reships >= 1);
        await TestSystem.EventuallyAsync(() => system.B.Status.Origins[0].State == LinkState.Streaming);
    }

    [Fact]
    public async Task S4_ReplicatorsAndNodesRestartedAtAnyPoint_NothingLostNothingTwice()
    {
        await using TestSystem system = await StartAsync();
        var random = new Random(4);
        using var stop = new CancellationTokenSource();
        for (int round = 0; round < 6; round++)
        {
            for (int i = 0; i < 300; i++)
            {
                system.A.Engine.Write("a"u8, random.Next(Slots.Count));
                system.B.Engine.Write("b"u8, random.Next(Slots.Count));
            }

            await Task.Delay(random.Next(30));
            TestRegion victim = system.Regions[random.Next(2)];
            if (round % 3 == 2)
            {
                await victim.StopNodeAsync();
                await victim.StartNodeAsync();
                await system.WritableAsync();
            }
            else if (round % 3 == 1)
            {
                await Task.WhenAll(system.A.StopReplicatorAsync(), system.B.StopReplicatorAsync());
                system.A.StartReplicator();
                system.B.StartReplicator();
            }
            else
            {
                await victim.StopReplicatorAsync();
                victim.StartReplicator();
            }
        }

        await system.ConvergedAsync(system.A, system.B);
        await system.ConvergedAsync(system.B, system.A);
        Assert.Equal(1800, system.A.Engine.AppliedCount);
        Assert.Equal(1800, system.B.Engine.AppliedCount);
    }

    [Fact]
    public async Task S1_PeerAwayPastTheRetentionBound_NeedsResyncWithAnAlarmAndNoGap()
    {
        await using TestSystem system = await StartAsync(segmentBytes: 64 << 10);
        system.A.Engine.Write("before"u8, 1);
        await system.ConvergedAsync(system.A, system.B);
        await system.B.StopReplicatorAsync();
        byte[] value = new byte[1000];
        for (int i = 0; i < 300; i++)
            system.A.Engine.Write(value, 1);
        await ForgetAsync(system.A);
        system.A.Engine.Write("after"u8, Slots.Count - 1);
        system.B.StartReplicator();

        await TestSystem.EventuallyAsync(() => system.B.Replicator!.Service?.Status().Alarms.Any(a => a.Contains("needs-resync", StringComparison.Ordinal)) ?? false);
        await TestSystem.EventuallyAsync(() => system.B.Engine.AppliedCount == 2, () => $"{system.B.Engine.AppliedCount} applied; {system.B.Status}");
        Assert.Empty(system.B.Engine.Violations);
        Assert.Equal(1UL, system.B.Engine.Cursors().First(c => c.Partition == 0).Sequence);
        Assert.Equal(LinkState.NeedsResync, system.B.Status.Origins[0].State);
    }

    [Fact]
    public async Task SlowConsumer_HoldsTheOriginBackWithinItsBoundAndLosesNothing()
    {
        await using TestSystem system = await StartAsync(extra: "replication: {in-flight-bytes-max: 1MiB}");
        system.B.Engine.ApplyDelay = TimeSpan.FromMilliseconds(5);
        byte[] value = new byte[20_000];
        for (int i = 0; i < 1000; i++)
            system.A.Engine.Write(value, (i * 7) % Slots.Count);
        long committed = system.A.Engine.Log.Committed;
        await TestSystem.EventuallyAsync(() => system.B.Engine.AppliedCount > 100);
        Assert.True(!HoldsTheOriginBack || system.A.Status.ShippedPosition < committed, "all was shipped although the receiver is slow");
        system.B.Engine.ApplyDelay = TimeSpan.Zero;
        await system.ConvergedAsync(system.A, system.B);
        Assert.Equal(1000, system.B.Engine.AppliedCount);
    }

    [Fact]
    public async Task S18_AValueOf16MiB_ArrivesWholeAmongSmallOnes()
    {
        await using TestSystem system = await StartAsync(segmentBytes: 64 << 20);
        byte[] value = new byte[16 << 20];
        new Random(18).NextBytes(value);
        system.A.Engine.Write("small"u8, 9);
        system.A.Engine.Write(value, 9);
        system.A.Engine.Write("small"u8, 9);
        system.A.Engine.Write(value.AsSpan(0, 3 << 20), 9, 10, 9);
        system.A.Engine.Write("small"u8, 9);
        await system.ConvergedAsync(system.A, system.B);
        Assert.Equal(7, system.B.Engine.AppliedCount);
        Assert.Equal([5, 16 << 20, 5, 3 << 20, 3 << 20, 3 << 20, 5], system.B.Engine.Applied.Select(a => a.ValueBytes));
    }

    [Fact]
    public async Task S2_ForeignRecordsAtTheEndOfTheLog_AreSteppedOverAndWhatFollowsIsShipped()
    {
        await using TestSystem system = await StartAsync();
        system.A.Engine.Write("own"u8, 1);
        await system.ConvergedAsync(system.A, system.B);
        for (int i = 0; i < 200; i++)
            system.B.Engine.Write("foreign there"u8, i);
        await system.ConvergedAsync(system.B, system.A);
        await system.A.StopReplicatorAsync();
        system.A.StartReplicator();
        system.A.Engine.Write("own again"u8, 2);
        await system.ConvergedAsync(system.A, system.B);
        Assert.Equal(2, system.B.Engine.AppliedCount);
        Assert.Equal(200, system.A.Engine.AppliedCount);
    }

    [Fact]
    public async Task S20_LinkPausedAndResumedUnderWrites_AppliesNothingMeanwhileAndAllAfterwards()
    {
        await using TestSystem system = await StartAsync();
        using var stop = new CancellationTokenSource();
        Task writing = Task.Run(async () =>
        {
            for (int i = 0; i < 400; i++)
            {
                system.A.Engine.Write("pair"u8, i % 8, i % 8);
                await Task.Delay(1);
            }
        });
        await TestSystem.EventuallyAsync(() => system.B.Engine.AppliedCount > 20);
        await system.B.SetLinkAsync(system.A, paused: true);
        await TestSystem.EventuallyAsync(() => system.B.Status.Origins[0].State == LinkState.Paused);
        int atPause = system.B.Engine.AppliedCount;
        await Task.Delay(100);
        Assert.Equal(atPause, system.B.Engine.AppliedCount);
        await system.B.SetLinkAsync(system.A, paused: false);
        await writing;
        await system.ConvergedAsync(system.A, system.B);
        Assert.Equal(800, system.B.Engine.AppliedCount);
    }

    [Fact]
    public async Task WaitRegions_OneWaiter_IsAnsweredWellBeforeTheHeartbeatInterval()
    {
        await using TestSystem system = await StartAsync(extra: "replication: {heartbeat-ms: 5000}");
        await TestSystem.EventuallyAsync(() => system.A.Status.Origins[0].State == LinkState.Streaming && system.B.Status.Origins[0].State == LinkState.Streaming);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(4));
        ulong stamp = system.A.Engine.Write("wait for me"u8, 77);
        await system.A.Engine.WaitRegionsAsync(stamp, 77, system.B.Id, patience.Token);
    }

    private protected async Task<TestSystem> StartAsync(Func<ReceivedMessage, int>? copies = null, string extra = "", long segmentBytes = 4 << 20, int regions = 2)
    {
        string configuration = Configuration ?? "";
        Assert.SkipWhen(Configuration is null, Kafka.KafkaBroker.Needs);
        var system = new TestSystem(regions, segmentBytes: segmentBytes) { Cluster = Cluster };
        foreach (TestRegion region in system.Regions)
        {
            region.ExtraConfig = configuration + "\n" + extra;
            region.Transport = parts => copies is null ? Make(parts) : new FaultyTransport(Make(parts), copies);
        }

        await system.StartAsync();
        return system;
    }

    private protected static async Task ForgetBinlogAsync(TestRegion origin)
    {
        await origin.Engine.Log.WaitDurable(origin.Engine.Log.Committed);
        Assert.True(origin.Engine.Log.DeleteSegmentsBefore(origin.Engine.Log.Committed) > 0, "no segment could be deleted");
    }
}
