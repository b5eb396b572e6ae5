using BenchmarkDotNet.Attributes;
using MultiCloudKv.Foundation;
using MultiCloudKv.Merge;
using MultiCloudKv.Merge.State;
using MultiCloudKv.Merge.Transactions;
using MultiCloudKv.Server.Storage;

namespace MultiCloudKv.Micro;

/// <summary>Whole transactions through merge rules, binlog and record cache, over a hundred thousand keys.</summary>
[MemoryDiagnoser]
public class EngineBenchmark
{
    private readonly BenchData _data = new();
    private StorageSession? _session;

    [GlobalSetup]
    public void Setup()
    {
        _session = _data.Engine().NewSession();
        foreach (byte[] _ in _data.Keys)
            Set();
    }

    [Benchmark]
    public long Get()
    {
        KeyView view = Enter(_data.NextKey());
        long length = view.Exists ? view.StringValue.Length : 0;
        _session!.Exit();
        return length;
    }

    [Benchmark]
    public CommitResult Set()
    {
        Enter(_data.NextKey()).Set(_data.Value);
        return Commit();
    }

    [Benchmark]
    public CommitResult Increment()
    {
        Enter("counter"u8).Increment(Number.Of(1));
        return Commit();
    }

    [Benchmark]
    public CommitResult HashSet()
    {
        Enter("hash"u8).Write(ElementType.Hash, _data.NextKey(), _data.Value);
        return Commit();
    }

    [Benchmark]
    public CommitResult ScoreSet()
    {
        Enter("scores"u8).WriteScore(_data.NextKey(), 1.5);
        return Commit();
    }

    [GlobalCleanup]
    public void Cleanup() => _data.Dispose();

    private KeyView Enter(ReadOnlySpan<byte> key)
    {
        _session!.Enter([Slots.Of(key)]);
        return _session.Transaction.Open(key);
    }

    private CommitResult Commit()
    {
        CommitResult result = _session!.Commit();
        _session.Exit();
        return result;
    }
}
