using BenchmarkDotNet.Attributes;
using MultiCloudKv.RocksDb;

namespace MultiCloudKv.Micro;

/// <summary>Point reads through the binding, of what is there and of what a bloom filter excludes.</summary>
[MemoryDiagnoser]
public class RocksDbBenchmark
{
    private readonly BenchData _data = new();
    private readonly byte[] _absent = "absent"u8.ToArray();
    private DbOptions? _options;
    private RocksDatabase? _database;

    [GlobalSetup]
    public void Setup()
    {
        _options = new DbOptions().SetCreateIfMissing();
        _database = RocksDatabase.Open(_options, _data.NewDirectory());
        foreach (byte[] key in _data.Keys)
            _database.Put(key, _data.Value);
        _database.Flush();
    }

    [Benchmark]
    public ReadResult Found() => Read(_data.NextKey());

    [Benchmark]
    public ReadResult Absent() => Read(_absent);

    [GlobalCleanup]
    public void Cleanup()
    {
        _database?.Dispose();
        _options?.Dispose();
        _data.Dispose();
    }

    private ReadResult Read(byte[] key)
    {
        ReadResult result = _database!.TryGet(key, out PinnedSlice value);
        value.Dispose();
        return result;
    }
}
