using Microsoft.Extensions.Logging.Abstractions;
using MultiCloudKv.Rpc.Configuration;

namespace MultiCloudKv.Server.Tests.Network;

/// <summary>A whole node in this process, on free ports, in a directory of its own ($DIR in settings).</summary>
internal sealed class ServerFixture : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("mckv-server-").FullName;
    private readonly ServerHost _host;

    public ServerFixture(string settings = "", string client = "", Action<string>? prepare = null, int port = 0)
    {
        prepare?.Invoke(_directory);
        string text = $"cluster-id: test\nregion: {{name: east, id: 1}}\ndata-dir: $DIR/data\nclient: {{port: {port}{client}}}\n{settings}";
        NodeConfig config = NodeConfigLoader.Parse(text.Replace("$DIR", _directory, StringComparison.Ordinal), "test.yaml");
        _host = new ServerHost(config, forceWritable: false, NullLoggerFactory.Instance);
        Ended = _host.RunAsync();
    }

    public Task<int> Ended { get; }

    public async Task<int> PortAsync() => (await _host.Serving).Port;

    public async Task<TestClient> ConnectAsync() => new(await PortAsync());

    public Task<int> StopAsync()
    {
        _host.RequestShutdown("the test is over");
        return Ended;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await StopAsync();
        }
        catch (Foundation.EnvironmentException)
        {
            // The test has looked at it.
        }

        await _host.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}
