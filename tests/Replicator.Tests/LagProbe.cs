using System.Diagnostics;
using MultiCloudKv.Foundation;
using MultiCloudKv.Replicator.Tests.Support;

namespace MultiCloudKv.Replicator.Tests;

/// <summary>Lag and throughput between two fake nodes, printed; only when MCKV_TEST_LAG is set, because it is no test.</summary>
public sealed class LagProbe(ITestOutputHelper output)
{
    [Fact]
    public async Task Lag_AtTwentyThousandWritesASecond_IsPrinted()
    {
        Assert.SkipWhen(Environment.GetEnvironmentVariable("MCKV_TEST_LAG") is null, "MCKV_TEST_LAG is not set");
        await using var system = new TestSystem(segmentBytes: 64 << 20);
        await system.StartAsync();
        await PacedAsync(system, 20_000, 5);
        await FlatOutAsync(system, 1_000_000);
    }

    private async Task PacedAsync(TestSystem system, int perSecond, int seconds)
    {
        var written = new System.Collections.Concurrent.ConcurrentDictionary<ulong, long>();
        var lags = new List<double>(perSecond * seconds);
        system.B.Engine.OnApplied = change =>
        {
            if (written.TryRemove(change.Stamp, out long at))
                lags.Add(Stopwatch.GetElapsedTime(at).TotalMilliseconds);
        };
        byte[] value = new byte[128];
        var clock = Stopwatch.StartNew();
        TimeSpan cpu = Process.GetCurrentProcess().TotalProcessorTime;
        await Task.Factory.StartNew(
            () =>
            {
                for (int i = 0; i < perSecond * seconds; i++)
                {
                    while (clock.Elapsed.TotalSeconds * perSecond < i)
                        Thread.Sleep(0);
                    long at = Stopwatch.GetTimestamp();
                    written[system.A.Engine.Write(value, (int)((i * 7919L) % Slots.Count))] = at;
                }
            },
            TaskCreationOptions.LongRunning);
        await system.ConvergedAsync(system.A, system.B);
        lags.Sort();
        TimeSpan used = Process.GetCurrentProcess().TotalProcessorTime - cpu;
        output.WriteLine($"paced {perSecond}/s: p50 {lags[lags.Count / 2]:F2} ms, p99 {lags[(int)(lags.Count * 0.99)]:F2} ms, p99.9 {lags[(int)(lags.Count * 0.999)]:F2} ms, n {lags.Count}, cpu {used.TotalSeconds:F1} s in {clock.Elapsed.TotalSeconds:F1} s");
        Console.WriteLine($"paced {perSecond}/s: p50 {lags[lags.Count / 2]:F2} ms, p99 {lags[(int)(lags.Count * 0.99)]:F2} ms, p99.9 {lags[(int)(lags.Count * 0.999)]:F2} ms, n {lags.Count}, cpu {used.TotalSeconds:F1} s in {clock.Elapsed.TotalSeconds:F1} s");
        system.B.Engine.OnApplied = null;
    }

    private async Task FlatOutAsync(TestSystem system, int changes)
    {
        byte[] value = new byte[128];
        await system.A.StopReplicatorAsync();
        for (int i = 0; i < changes; i++)
            system.A.Engine.Write(value, (int)((i * 7919L) % Slots.Count));
        int before = system.B.Engine.AppliedCount;
        TimeSpan cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var clock = Stopwatch.StartNew();
        system.A.StartReplicator();
        await TestSystem.EventuallyAsync(() => system.B.Engine.AppliedCount >= before + changes, patience: TimeSpan.FromMinutes(2));
        TimeSpan used = Process.GetCurrentProcess().TotalProcessorTime - cpu;
        string line = $"catch-up of {changes}: {changes / clock.Elapsed.TotalSeconds:F0}/s, cpu {used.TotalSeconds:F1} s";
        output.WriteLine(line);
        Console.WriteLine(line);
    }
}
