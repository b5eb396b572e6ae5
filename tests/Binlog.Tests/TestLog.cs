using MultiCloudKv.Foundation;

namespace MultiCloudKv.Binlog.Tests;

/// <summary>A binlog in a directory of its own, with what it takes to write, kill, damage and reopen it.</summary>
internal sealed class TestLog : IDisposable
{
    public const byte Region = 1;
    public const long SegmentBytes = 64 << 10;

    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private const string Memory = "/dev/shm";

    private readonly DirectoryInfo _root;
    private readonly bool _inMemory;

    /// <param name="inMemory">For tests that open hundreds of directories: syncs cost nothing there.</param>
    public TestLog(AppendMode mode = AppendMode.Mmap, long segmentBytes = SegmentBytes, SyncPolicy sync = SyncPolicy.Os, bool inMemory = false)
    {
        _inMemory = inMemory;
        _root = inMemory && Directory.Exists(Memory)
            ? Directory.CreateDirectory(Path.Combine(Memory, $"mckv-binlog-{Guid.NewGuid():n}"))
            : Directory.CreateTempSubdirectory("mckv-binlog-");
        Directory.CreateDirectory(Path.Combine(_root.FullName, "witness"));
        Options = new BinlogOptions
        {
            Directory = Path.Combine(_root.FullName, "log"),
            Identity = new BinlogIdentity("cluster", Region, 1, "node-1"),
            Mode = mode,
            Sync = sync,
            SegmentBytes = segmentBytes,
            ReserveBytes = 8 << 10,
            PopulateAheadBytes = 32 << 10,
            WitnessDirectory = Path.Combine(_root.FullName, "witness"),
        };
    }

    public BinlogOptions Options { get; set; }

    public string Dir => Options.Directory;

    public HybridClock Clock { get; } = new(TimeProvider.System);

    /// <summary>Positions and stamps of what the last replay showed, markers left out.</summary>
    public List<(RecordKind Kind, long Position, long End, ulong Hlc, byte[] Body)> Replayed { get; } = [];

    public BinlogRecovery? LastRecovery { get; private set; }

    /// <param name="writable">Whether the node gets as far as taking own writes.</param>
    public BinlogWriter Open(RecoveryStart? start = null, BinlogSeams? seams = null, bool writable = true)
    {
        using BinlogRecovery recovery = Recover(start);
        BinlogWriter writer = recovery.BeginWriting(Clock, seams ?? BinlogSeams.None);
        if (writable && recovery.Outcome is HistoryOutcome.New or HistoryOutcome.Broken)
            Assert.Equal(AppendStatus.Ok, writer.AppendMarker(MarkerKind.Writable, default, out _));
        return writer;
    }

    public BinlogRecovery Recover(RecoveryStart? start = null)
    {
        Replayed.Clear();
        BinlogRecovery recovery = BinlogRecovery.Open(Options);
        LastRecovery = recovery;
        try
        {
            recovery.Replay(start ?? RecoveryStart.Beginning, (in BinlogRecord r) =>
            {
                if (r.Kind != RecordKind.Marker)
                    Replayed.Add((r.Kind, r.Position, r.End, r.Hlc, r.Body.ToArray()));
            });
            return recovery;
        }
        catch
        {
            recovery.Dispose();
            throw;
        }
    }

    /// <summary>The same directory as another disk would hold it: a copy that keeps the times of its files, without the witness. The original stays as it is.</summary>
    public TestLog Copy()
    {
        var copy = new TestLog(Options.Mode, Options.SegmentBytes, Options.Sync, _inMemory);
        copy.Options = Options with { Directory = Path.Combine(copy._root.FullName, "copy"), WitnessDirectory = copy.Options.WitnessDirectory };
        Directory.CreateDirectory(copy.Dir);
        foreach (string file in Directory.GetFiles(Dir))
        {
            string to = Path.Combine(copy.Dir, Path.GetFileName(file));
            // Whoever has the log open holds this one, which is empty.
            if (Path.GetFileName(file) == "lock")
                File.Create(to).Dispose();
            else
                File.Copy(file, to);
            File.SetLastWriteTimeUtc(to, File.GetLastWriteTimeUtc(file));
            File.SetLastAccessTimeUtc(to, File.GetLastAccessTimeUtc(file));
        }

        return copy;
    }

    public string[] SegmentFiles() => [.. SegmentNames.List(Dir).Select(first => SegmentNames.PathOf(Dir, first))];

    public static byte[] OwnBody(int slot, int opsLength, byte fill, out int[] offsets, int groups = 1)
    {
        var to = new ByteWriter();
        offsets = new int[groups];
        for (int i = 0; i < groups; i++)
        {
            byte[] ops = new byte[opsLength];
            Array.Fill(ops, fill);
            offsets[i] = ChangeGroup.Write(to, (ushort)((slot + (i * 1024)) % Slots.Count), 0, 7, new StampVector { [2] = 99 }, Region, ops);
        }

        return to.Written.ToArray();
    }

    public static Appended AppendOwn(BinlogWriter writer, int slot = 5, int opsLength = 20, byte fill = 1, int groups = 1)
    {
        byte[] body = OwnBody(slot, opsLength, fill, out int[] offsets, groups);
        AppendStatus status = writer.AppendOwn(body, offsets, default, out Appended appended);
        Assert.Equal(AppendStatus.Ok, status);
        return appended;
    }

    public static byte[] BatchBody(byte origin, params (ulong Hlc, ulong Sequence)[] entries)
    {
        var to = new ByteWriter();
        new SourceCursor(0, 1, HistoryId.NewRandom(), entries.Length == 0 ? 0 : entries[^1].Sequence, 12, "topic").Write(to);
        var group = new ByteWriter();
        foreach ((ulong hlc, ulong sequence) in entries)
        {
            group.Clear();
            ChangeGroup.Write(group, 3, sequence, 0, new StampVector(), origin, [1, 2, 3]);
            RemoteBatch.WriteEntry(to, hlc, 1, group.Written);
        }

        return to.Written.ToArray();
    }

    public static void Sync(BinlogWriter writer, long position) =>
        Assert.True(writer.WaitDurable(position).AsTask().Wait(Patience));

    public static void WaitUntil(Func<bool> condition)
    {
        DateTime deadline = DateTime.UtcNow + Patience;
        while (!condition())
        {
            Assert.True(DateTime.UtcNow < deadline, "the condition didn't come true in time");
            Thread.Sleep(1);
        }
    }

    public void Dispose() => _root.Delete(recursive: true);
}
