using System.Globalization;
using MultiCloudKv.Server.Tests.Storage;

namespace MultiCloudKv.Server.Tests.Network;

/// <summary>Thousands of clients that come and go. Alone in the process: it counts the process's descriptors and memory.</summary>
[CollectionDefinition(nameof(ConnectionChurnTests), DisableParallelization = true)]
[Collection(nameof(ConnectionChurnTests))]
public sealed class ConnectionChurnTests
{
    private const int ClientsMax = 3_000;
    private const int ClientsMin = 2_000;
    private const int OtherDescriptors = 500;
    private const int Threads = 8;
    private const int Waves = 2;
    private const long KeptBytesMax = 4L << 20;

    [Fact]
    public async Task Clients_ThousandsAtOnceHalfOfThemResetWhileOthersCome_AllAnsweredRightAndNothingKept()
    {
        // Both ends of a connection are this process's. The runtime has raised the limit as far as it may.
        int clients = Math.Min(ClientsMax, (DescriptorLimit() - OtherDescriptors) / 2);
        Assert.SkipUnless(clients >= ClientsMin, $"needs {(2 * ClientsMin) + OtherDescriptors} descriptors (ulimit -n), may open {DescriptorLimit()}");
        await using var server = new ServerFixture();
        int port = await server.PortAsync();
        using TestClient observer = new(port);
        var open = new TestClient?[clients];
        Turn(port, 0, Threads, wave: 0, open);
        Leave(open);
        await OnlyAsync(observer);
        long memory = GC.GetTotalMemory(forceFullCollection: true);
        int sockets = Sockets();

        for (int wave = 1; wave <= Waves; wave++)
        {
            int number = wave;
            await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Factory.StartNew(
                () => Turn(port, thread * clients / Threads, (thread + 1) * clients / Threads, number, open),
                TestContext.Current.CancellationToken,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default)));
        }

        Assert.True(Sockets() >= sockets + (2 * clients), "the clients were not connected all at once");
        Leave(open);
        await OnlyAsync(observer);
        await TestWait.UntilAsync(() => Sockets() <= sockets);
        await TestWait.UntilAsync(() => GC.GetTotalMemory(forceFullCollection: true) - memory < KeptBytesMax);
        Assert.Equal("PONG", observer.Run("PING"));
    }

    /// <summary>In every place of a share of the table: the client of the wave before, if any, leaves, every second one in the middle of a command; a new one comes and uses the server.</summary>
    private static void Turn(int port, int from, int to, int wave, TestClient?[] open)
    {
        for (int place = from; place < to; place++)
        {
            if (open[place] is { } before)
            {
                Use(before, place, wave - 1);
                if (place % 2 == 0)
                {
                    before.Send("GET shared\r\nECHO half of a comm");
                    before.Reset();
                }
                else
                {
                    before.Dispose();
                }
            }

            open[place] = new TestClient(port);
            Use(open[place]!, place, wave);
        }
    }

    private static void Leave(TestClient?[] open)
    {
        foreach (TestClient? client in open)
            client?.Dispose();
        Array.Clear(open);
    }

    private static void Use(TestClient client, int place, int wave)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"{wave}:{place}");
        client.Send($"SET k:{name} v:{name}\r\nGET k:{name}\r\nECHO {name}\r\nDEL k:{name}\r\nINCR n:{name}\r\nDECR n:{name}\r\n");
        foreach (string expected in new[] { "OK", "v:" + name, name, "1", "1", "0" })
            Assert.Equal(expected, client.Receive());
    }

    /// <summary>Waits until nobody but the observer is known to the server.</summary>
    private static Task OnlyAsync(TestClient observer) =>
        TestWait.UntilAsync(() => observer.Run("CLIENT LIST").Split('\n', StringSplitOptions.RemoveEmptyEntries).Length == 1);

    /// <summary>Open sockets of this process: the store's files come and go as they like.</summary>
    private static int Sockets() => Directory.GetFiles("/proc/self/fd").Count(descriptor => IsSocket(new FileInfo(descriptor)));

    private static bool IsSocket(FileInfo descriptor) => descriptor.LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) ?? false;

    private static int DescriptorLimit()
    {
        string line = File.ReadLines("/proc/self/limits").First(line => line.StartsWith("Max open files", StringComparison.Ordinal));
        string soft = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3];
        return soft == "unlimited" ? int.MaxValue : int.Parse(soft, CultureInfo.InvariantCulture);
    }
}
