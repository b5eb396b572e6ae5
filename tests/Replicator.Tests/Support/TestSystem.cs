using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Replicator.Tests.Support;

/// <summary>Several regions in one process, each with a fake node, the real replicator and a directory of its own.</summary>
internal sealed class TestSystem : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("mckv-replicator-");

    public TestSystem(int regions = 2, int partitions = 16, long segmentBytes = 4 << 20)
    {
        Partitions = partitions;
        SegmentBytes = segmentBytes;
        Loggers = Environment.GetEnvironmentVariable("MCKV_TEST_LOG") is null
            ? NullLoggerFactory.Instance
            : LoggerFactory.Create(l => l.SetMinimumLevel(Enum.TryParse(Environment.GetEnvironmentVariable("MCKV_TEST_LOG"), out LogLevel level) ? level : LogLevel.Information).AddSimpleConsole(o => o.SingleLine = true));
        int[] ports = FreePorts(regions * 2);
        var list = new List<TestRegion>();
        Regions = list;
        for (int i = 0; i < regions; i++)
            list.Add(new TestRegion(this, (byte)(i + 1), ports[2 * i], ports[(2 * i) + 1]));
    }

    public string Root => _root.FullName;

    public string Cluster { get; init; } = "test";

    public int Partitions { get; }

    public long SegmentBytes { get; }

    public ILoggerFactory Loggers { get; }

    public IReadOnlyList<TestRegion> Regions { get; }

    public TestRegion A => Regions[0];

    public TestRegion B => Regions[1];

    public static async Task<TestSystem> StartedAsync(int regions = 2, int partitions = 16, long segmentBytes = 4 << 20)
    {
        var system = new TestSystem(regions, partitions, segmentBytes);
        await system.StartAsync();
        return system;
    }

    public async Task StartAsync()
    {
        foreach (TestRegion region in Regions)
            await region.StartAsync();
        await WritableAsync();
    }

    public async Task WritableAsync() =>
        await EventuallyAsync(() => Regions.All(r => r.Node?.Engine.Writable ?? true), () => string.Join("; ", Regions.Select(r => $"{r.Replicator?.Service?.Status().WritableReason} {r.Running.Exception?.InnerException}")));

    /// <summary>Polls a condition until it holds.</summary>
    public static async Task EventuallyAsync(Func<bool> condition, Func<string>? state = null, TimeSpan? patience = null)
    {
        using var deadline = new CancellationTokenSource(patience ?? Patience);
        while (!condition())
        {
            if (deadline.IsCancellationRequested)
                Assert.Fail("not within the time: " + (state?.Invoke() ?? ""));
            await Task.Delay(2);
        }
    }

    /// <summary>Waits until one region has applied everything another one wrote, and nothing in another order.</summary>
    public async Task ConvergedAsync(TestRegion from, TestRegion to)
    {
        await EventuallyAsync(
            () => from.Engine.OwnEnds().All(e => to.Engine.Cursors().FirstOrDefault(c => c.Origin == from.Id && c.Partition == e.Partition)?.Sequence == e.Sequence || e.Sequence == 0),
            () => $"{to.Name} has {string.Join(",", to.Engine.Cursors().Where(c => c.Origin == from.Id).Select(c => $"{c.Partition}:{c.Sequence}"))} of {string.Join(",", from.Engine.OwnEnds().Select(e => $"{e.Partition}:{e.Sequence}"))}; {to.Replicator?.Service?.Status()}");
        Assert.Empty(to.Engine.Violations);
        Assert.Empty(from.Engine.Violations);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (TestRegion region in Regions)
            await region.DisposeAsync();
        Loggers.Dispose();
        _root.Delete(recursive: true);
    }

    private static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        listeners.ForEach(l => l.Start());
        int[] ports = [.. listeners.Select(l => ((IPEndPoint)l.LocalEndpoint).Port)];
        listeners.ForEach(l => l.Stop());
        return ports;
    }
}
