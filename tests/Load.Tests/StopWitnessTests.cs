using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Load.Tests;

public class StopWitnessTests
{
    private const int AboveTheWitness = 95;
    private static readonly TimeSpan Held = TimeSpan.FromMilliseconds(200);

    /// <summary>The generator's process takes the processor's place: when it is stopped, it sees its timers late without having waited for its turn.</summary>
    [Fact]
    public async Task Run_StoppedAndContinued_ReportsTheStops()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        using TcpListener silent = new(IPAddress.Loopback, 0);
        silent.Start();
        string port = ((IPEndPoint)silent.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        ProcessStartInfo start = new(Path.Combine(AppContext.BaseDirectory, "MultiCloudKv.Load"), ["run", "--port", port, "--connections", "1", "--seconds", "2", "--witness"]) { RedirectStandardOutput = true };
        using Process load = Process.Start(start)!;
        try
        {
            using Socket client = await silent.AcceptSocketAsync(stop);
            await client.ReceiveAsync(new byte[1], stop);
            using Process shell = Process.Start("/bin/sh", ["-c", $"for i in 1 2 3 4 5; do sleep 0.1; kill -STOP {load.Id}; sleep 0.1; kill -CONT {load.Id}; done"]);
            await shell.WaitForExitAsync(stop);
            using JsonDocument report = JsonDocument.Parse(await load.StandardOutput.ReadToEndAsync(stop));
            await load.WaitForExitAsync(stop);
            Assert.SkipUnless(report.RootElement.GetProperty("stops-watched").GetBoolean(), "needs the right to real-time priority (root or CAP_SYS_NICE)");
            Assert.True(report.RootElement.GetProperty("processor-stopped-ms").GetDouble() > 300, report.RootElement.GetRawText());
        }
        finally
        {
            load.Kill();
        }
    }

    [Fact]
    public void Stops_SomebodyElseOnEveryProcessor_AreNone()
    {
        IReadOnlyList<TimeSlice> stops = Watch(() =>
        {
            Thread[] threads = [.. ProcessorSet.OfProcess().Numbers.Select(processor => new Thread(() => Hold(processor)))];
            foreach (Thread thread in threads)
                thread.Start();
            foreach (Thread thread in threads)
                thread.Join();
        });
        Assert.DoesNotContain(stops, stop => stop.Length > Held.TotalNanoseconds / 2);
    }

    private static IReadOnlyList<TimeSlice> Watch(Action load)
    {
        StopWitness witness = new();
        Thread.Sleep(20);
        load();
        witness.Dispose();
        IReadOnlyList<TimeSlice>? stops = witness.Stops();
        Assert.SkipWhen(stops is null, "needs the right to real-time priority (root or CAP_SYS_NICE)");
        return stops;
    }

    private static void Hold(int processor)
    {
        bool first = new ProcessorSet(processor).BindThread() && NativeScheduling.BeFirst(AboveTheWitness);
        long begun = Stopwatch.GetTimestamp();
        while (first && Stopwatch.GetElapsedTime(begun) < Held)
            Thread.SpinWait(100);
    }
}
