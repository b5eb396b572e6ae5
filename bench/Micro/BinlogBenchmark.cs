using BenchmarkDotNet.Attributes;
using MultiCloudKv.Binlog;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Micro;

/// <summary>One append of a record of about 200 bytes, in both modes.</summary>
[MemoryDiagnoser]
public class BinlogBenchmark
{
    private readonly BenchData _data = new();
    private readonly int[] _offsets = [0];
    private byte[] _group = [];
    private BinlogWriter? _writer;

    [Params(AppendMode.Mmap, AppendMode.Pwrite)]
    public AppendMode Mode { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var group = new ByteWriter();
        ChangeGroup.Write(group, 1, 0, 0, new StampVector(), 1, new byte[140]);
        _group = group.Written.ToArray();
        string directory = _data.NewDirectory();
        using BinlogRecovery recovery = BinlogRecovery.Open(new BinlogOptions
        {
            Directory = Path.Combine(directory, "log"),
            Identity = new BinlogIdentity("micro", 1, 1, "node"),
            Mode = Mode,
            Sync = SyncPolicy.Os,
            WitnessDirectory = directory,
        });
        recovery.Replay(RecoveryStart.Beginning, static (in BinlogRecord _) => { });
        _writer = recovery.BeginWriting(new HybridClock(TimeProvider.System));
    }

    [Benchmark]
    public AppendStatus Append() => _writer!.AppendOwn(_group, _offsets, default, out _);

    /// <summary>Keeps the disk from filling while a long run appends.</summary>
    [IterationCleanup]
    public void Forget()
    {
        _writer!.WaitDurable(_writer.Committed).AsTask().GetAwaiter().GetResult();
        _writer.DeleteSegmentsBefore(_writer.Committed);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _writer?.Dispose();
        _data.Dispose();
    }
}
