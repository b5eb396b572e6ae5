using System.Security.Cryptography;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Binlog;

/// <summary>A binlog directory held open by one process: its lock, its histories, and the headers of new segments.</summary>
/// <remarks>Owned by recovery, then by the writer. Its file is replaced under a lock; what it says is read as one immutable object.</remarks>
internal sealed class BinlogDirectory : IDisposable
{
    private readonly Lock _gate = new();
    private readonly BinlogOptions _options;
    private readonly FileStream _lock;
    private HistoryFile? _file;

    private BinlogDirectory(BinlogOptions options, FileStream held)
    {
        _options = options;
        _lock = held;
        _file = HistoryFile.TryRead(HistoryPath);
    }

    public HistoryId History => File.Entries[^1].Id;

    public IReadOnlyList<HistoryEntry> Histories => File.Entries;

    /// <summary>Null when the directory is new.</summary>
    public HistoryFile? Existing => _file;

    /// <summary>False when the directory was copied or restored since it was last open, as far as the file system tells.</summary>
    public bool IsOriginal => _file is not null && _file.Birthmark != 0 && _file.Birthmark == Birthmark;

    private HistoryFile File => _file!;

    private long Birthmark => NativeFiles.Birth(_lock.SafeFileHandle);

    private string HistoryPath => Path.Combine(_options.Directory, SegmentNames.History);

    public static BinlogDirectory Open(BinlogOptions options)
    {
        options.Validate();
        FileStream held;
        try
        {
            Directory.CreateDirectory(options.Directory);
            held = new FileStream(Path.Combine(options.Directory, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EnvironmentException($"the binlog directory {options.Directory} can't be opened: {e.Message}");
        }

        try
        {
            var directory = new BinlogDirectory(options, held);
            directory.CheckIdentity();
            return directory;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Records that the directory is open from now on, under a new nonce, and whether a new history begins.</summary>
    public void BeginSession(HistoryId nonce, HistoryEntry? newHistory, string witnessPath)
    {
        IReadOnlyList<HistoryEntry> entries = _file?.Entries ?? [];
        if (newHistory is not null)
            entries = [.. entries, newHistory];
        _file = new HistoryFile(_options.Identity, nonce, witnessPath, HistoryFile.NotClean, Birthmark, entries);
        _file.Replace(HistoryPath);
    }

    /// <summary>Records that own writes are taken in the current history; writes nothing when that is known.</summary>
    public void MarkWritable()
    {
        lock (_gate)
        {
            if (File.Entries[^1].Writable)
                return;
            HistoryFile writable = File with { Entries = [.. File.Entries.SkipLast(1), File.Entries[^1] with { Writable = true }] };
            writable.Replace(HistoryPath);
            _file = writable;
        }
    }

    public void MarkClean(long end)
    {
        lock (_gate)
            ReplaceClean(end);
    }

    public SegmentHeader NewHeader(long firstPosition) => new()
    {
        SegmentId = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)),
        FirstPosition = firstPosition,
        History = History,
        Identity = _options.Identity,
        CreatedMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(),
    };

    public void Dispose() => _lock.Dispose();

    /// <summary>The witness goes last: until the file says that all is clean, only the witness can say that nothing is lost.</summary>
    private void ReplaceClean(long end)
    {
        HistoryFile clean = File with { CleanEnd = end };
        clean.Replace(HistoryPath);
        _file = clean;
        if (clean.WitnessPath.Length > 0)
            System.IO.File.Delete(clean.WitnessPath);
    }

    private void CheckIdentity()
    {
        if (_file is null)
            return;
        BinlogIdentity there = _file.Identity;
        BinlogIdentity mine = _options.Identity;
        if (there.ClusterId != mine.ClusterId || there.Region != mine.Region || there.NodeId != mine.NodeId)
        {
            throw new EnvironmentException(
                $"the binlog in {_options.Directory} belongs to cluster {there.ClusterId}, region {there.Region}, node {there.NodeId}, and not to {mine.ClusterId}, {mine.Region}, {mine.NodeId}");
        }
    }
}
