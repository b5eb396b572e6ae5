using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using MultiCloudKv.Foundation;
using MultiCloudKv.Merge.Transactions;
using MultiCloudKv.Rpc.Configuration;
using MultiCloudKv.Server.Storage;

namespace MultiCloudKv.Server.Tests.Storage;

/// <summary>An engine in a directory of its own, that can be opened again.</summary>
internal sealed class EngineFixture : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("mckv-engine-").FullName;

    public Engine Engine { get; private set; } = null!;

    public StartReport Report { get; private set; } = null!;

    public StorageSession Session { get; private set; } = null!;

    public void Open(string settings = "")
    {
        NodeConfig config = NodeConfigLoader.Parse(
            $"cluster-id: test\nregion: {{name: east, id: 1}}\ndata-dir: {_directory}\n{settings}", "test.yaml");
        Engine = EngineStart.Open(config, TimeProvider.System, forceWritable: false, NullLoggerFactory.Instance, out StartReport report);
        Report = report;
        Session = Engine.NewSession();
    }

    public async Task CloseAsync() => await Engine.DisposeAsync();

    public CommitResult Run(string key, Action<KeyView> command)
    {
        byte[] name = Encoding.UTF8.GetBytes(key);
        Session.Enter([Slots.Of(name)]);
        try
        {
            Session.AllowBlockingReads();
            command(Session.Transaction.Open(name));
            return Session.Commit();
        }
        finally
        {
            Session.Exit();
        }
    }

    public CommitResult Set(string key, string value, long expiryMs = long.MaxValue) =>
        Run(key, view => view.Set(Encoding.UTF8.GetBytes(value), expiryMs));

    public string? Get(string key)
    {
        string? value = null;
        Run(key, view => value = view.Exists ? Encoding.UTF8.GetString(view.StringValue) : null);
        return value;
    }

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}
