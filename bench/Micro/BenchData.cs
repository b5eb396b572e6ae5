using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using MultiCloudKv.Rpc.Configuration;
using MultiCloudKv.Server.Storage;

namespace MultiCloudKv.Micro;

/// <summary>Keys, a value and an engine in a temporary directory, the same for every benchmark.</summary>
public sealed class BenchData : IDisposable
{
    public const int KeyCount = 100_000;
    public const int ValueBytes = 128;

    private readonly string _directory = Directory.CreateTempSubdirectory("mckv-micro-").FullName;
    private Engine? _engine;
    private int _next;

    public byte[][] Keys { get; } = [.. Enumerable.Range(0, KeyCount).Select(i => Encoding.ASCII.GetBytes($"key:{i:000000000000}"))];

    public byte[] Value { get; } = Enumerable.Repeat((byte)'x', ValueBytes).ToArray();

    /// <summary>A new empty directory.</summary>
    public string NewDirectory() => Directory.CreateDirectory(Path.Combine(_directory, Guid.NewGuid().ToString("n"))).FullName;

    /// <summary>The next key in a scattered order.</summary>
    public byte[] NextKey() => Keys[(_next = (_next + 7919) % KeyCount)];

    public Engine Engine() => _engine ??= EngineStart.Open(
        NodeConfigLoader.Parse($"cluster-id: micro\nregion: {{name: east, id: 1}}\ndata-dir: {_directory}/engine\n", "micro.yaml"),
        TimeProvider.System, forceWritable: false, NullLoggerFactory.Instance, out _);

    public void Dispose()
    {
        _engine?.DisposeAsync().AsTask().GetAwaiter().GetResult();
        Directory.Delete(_directory, recursive: true);
    }
}
