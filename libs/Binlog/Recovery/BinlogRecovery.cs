using Microsoft.Win32.SafeHandles;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Binlog;

/// <summary>
/// Opens a binlog directory, replays it, finds its end, and begins writing there.
/// <list type="number">
/// <item>Lock the directory; read its histories and the durable position.</item>
/// <item>Replay from the store's cut: each record is checked against its place, stamps must rise, own sequences must be gapless.</item>
/// <item>The first place that is no whole record is the end. Below the durable position it is corruption, a truncated or a missing segment: stop, say where. At or above it is a torn
/// tail, whatever stands behind: after a power loss pages may have reached the disk in any order.</item>
/// <item>Cut there: later segments are deleted, the last one is truncated and sealed. What is kept is made durable.</item>
/// <item>Decide whether the history goes on (<see cref="HistoryOutcome"/>), record the new session, begin a new segment at the end.</item>
/// </list>
/// A crash at any point of this finds the same end again. What was cut can't come back: its file is gone, and each record's checksum covers the random id
/// of its segment, the history and the position.
/// </summary>
/// <remarks>Used by one thread: <see cref="Open"/>, <see cref="Replay"/> once, <see cref="BeginWriting"/> once; then it belongs to the writer.</remarks>
public sealed class BinlogRecovery : IDisposable
{
    private readonly BinlogOptions _options;
    private readonly BinlogDirectory _directory;
    private readonly DurableFile _durableFile;
    private readonly List<long> _firsts;
    private ulong[] _sequences = [];
    private int _kept;
    private bool _replayed;
    private bool _handedOver;

    private BinlogRecovery(BinlogOptions options, BinlogDirectory directory, DurableFile durableFile, long durable, List<long> firsts)
    {
        _options = options;
        _directory = directory;
        _durableFile = durableFile;
        _firsts = firsts;
        Durable = durable;
    }

    /// <summary>The durable position that was recorded when the directory was left.</summary>
    public long Durable { get; }

    /// <summary>First position that is kept; 0 in a new directory.</summary>
    public long FirstRetained => _firsts.Count > 0 ? _firsts[0] : 0;

    /// <summary>End of the log, known after <see cref="Replay"/>.</summary>
    public long End { get; private set; }

    /// <summary>Bytes that were cut off behind the end, as far as they were written.</summary>
    public long TornBytes { get; private set; }

    /// <summary>The place of the cut and what stood there; empty when the log ended by itself.</summary>
    public string TornAt { get; private set; } = "";

    /// <summary>Largest stamp time in the log or before the cut.</summary>
    public ulong LastHlc { get; private set; }

    /// <summary>Last own sequence of each partition.</summary>
    public IReadOnlyList<ulong> Sequences => _sequences;

    public HistoryOutcome Outcome { get; private set; }

    public IReadOnlyList<HistoryEntry> Histories => _directory.Existing?.Entries ?? [];

    /// <exception cref="EnvironmentException">Another process has it open, it belongs to another node, or one of its small files is corrupt.</exception>
    public static BinlogRecovery Open(BinlogOptions options)
    {
        BinlogDirectory directory = BinlogDirectory.Open(options);
        try
        {
            string durablePath = Path.Combine(options.Directory, SegmentNames.Durable);
            if (directory.Existing is not null && !File.Exists(durablePath))
                throw Damaged(durablePath, "it is missing");
            DurableFile durableFile = DurableFile.Open(durablePath, out long durable);
            return new BinlogRecovery(options, directory, durableFile, durable, SegmentNames.List(options.Directory));
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    /// <summary>Replays everything from a cut on, in order, and finds the end.</summary>
    /// <exception cref="EnvironmentException">The log is damaged below what was durable, or doesn't reach from the cut on.</exception>
    public void Replay(RecoveryStart start, ReplayRecord visit)
    {
        Invariant.Check(!_replayed);
        _replayed = true;
        _sequences = new ulong[_options.Partitions.Count];
        if (start.Sequences is not null)
        {
            Invariant.Check(start.Sequences.Count == _sequences.Length);
            _sequences = [.. start.Sequences];
        }

        LastHlc = start.Hlc;
        if (_firsts.Count == 0)
        {
            if (Durable > 0 || start.Position > 0)
                throw Damaged(_options.Directory, $"no segment is there, and the log was durable up to {Math.Max(Durable, start.Position)}");
        }
        else
        {
            Walk(start.Position, visit);
        }

        Outcome = Judge();
    }

    /// <summary>Cuts, and begins a segment at the end. The clock is raised above everything in the log.</summary>
    public BinlogWriter BeginWriting(HybridClock clock) => BeginWriting(clock, BinlogSeams.None);

    internal BinlogWriter BeginWriting(HybridClock clock, BinlogSeams seams)
    {
        Invariant.Check(_replayed && !_handedOver);
        clock.Observe(LastHlc);
        List<SegmentInfo> kept = Describe();
        Cut();
        Failpoint.Hit("binlog.during-recovery");
        bool newHistory = Outcome is HistoryOutcome.New or HistoryOutcome.Broken;
        HistoryId before = newHistory && _directory.Existing is not null ? _directory.History : default;
        HistoryEntry? entry = newHistory ? new HistoryEntry(HistoryId.NewRandom(), End, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), Writable: false, [.. _sequences]) : null;
        HistoryId history = entry?.Id ?? _directory.History;
        var nonce = HistoryId.NewRandom();
        string oldWitness = _directory.Existing?.WitnessPath ?? "";
        string witnessPath = Directory.Exists(_options.WitnessDirectory) ? Path.Combine(_options.WitnessDirectory, $"mckv-{nonce}.witness") : "";
        long begin = End + SegmentHeader.Length;
        CommittedFile? witness = witnessPath.Length > 0 ? CommittedFile.Create(witnessPath, nonce, history, End, Durable, 0) : null;
        _directory.BeginSession(nonce, entry, witnessPath);
        if (oldWitness.Length > 0)
            File.Delete(oldWitness);
        AppendSegment first = BeginSegment();
        _durableFile.Write(begin);
        _durableFile.Sync();
        Failpoint.Hit("binlog.during-recovery");
        CommittedFile committed = CommittedFile.Create(Path.Combine(_options.Directory, SegmentNames.Committed), nonce, history, begin, begin, kept.Count > 0 ? kept[0].First : End);
        if (witness is not null)
            witness.Committed = begin;
        _handedOver = true;
        var writer = new BinlogWriter(_directory, _options, clock, first, kept, _sequences, committed, witness, _durableFile, seams);
        if (newHistory)
            AppendHistoryMarker(writer, history, before);
        return writer;
    }

    public void Dispose()
    {
        if (_handedOver)
            return;
        _durableFile.Dispose();
        _directory.Dispose();
    }

    private void Walk(long start, ReplayRecord visit)
    {
        int at = _firsts.FindLastIndex(f => f <= start);
        if (at < 0)
            throw Damaged(SegmentNames.PathOf(_options.Directory, _firsts[0]), $"it is the first segment that is there, and the log is needed from position {start} on");
        End = _firsts[at];
        bool reached = start == End;
        for (_kept = at; _kept < _firsts.Count && _firsts[_kept] == End; _kept++)
        {
            string path = SegmentNames.PathOf(_options.Directory, End);
            long next = _kept + 1 < _firsts.Count ? _firsts[_kept + 1] : long.MaxValue;
            using SegmentReader? segment = SegmentReader.TryOpen(path, BinlogReader.DefaultBufferBytes, out string problem);
            if (segment is null || segment.First != End)
            {
                StopAt(path, 0, segment is null ? problem : "its header names another position");
                break;
            }

            CheckOwner(segment);
            End += SegmentHeader.Length;
            if (!WalkSegment(segment, next, start, ref reached, visit))
            {
                _kept++;
                break;
            }
        }

        if (!reached)
            throw Damaged(_options.Directory, $"the log ends at position {End}, and the store needs it up to {start}");
        if (End < Durable)
            throw Damaged(SegmentNames.PathOf(_options.Directory, End), $"the segment is missing (the log was durable up to {Durable})");
    }

    /// <summary>Returns true when the segment ends where the next one begins.</summary>
    private bool WalkSegment(SegmentReader segment, long next, long start, ref bool reached, ReplayRecord visit)
    {
        while (true)
        {
            reached |= End == start;
            SegmentReadStatus status = segment.Read(End, next, out BinlogRecord record, out string problem);
            if (status == SegmentReadStatus.Record && reached)
                status = Check(record, out problem);
            if (status == SegmentReadStatus.Record)
            {
                BinlogReader.CheckUnderstood(record);
                if (reached)
                {
                    visit(record);
                    Failpoint.Hit("binlog.during-recovery");
                }

                LastHlc = Math.Max(LastHlc, record.Hlc);
                End = record.End;
                continue;
            }

            if (End == next)
                return true;
            if (status == SegmentReadStatus.Empty)
                problem = segment.FileLength > End - segment.First ? "no record is there" : "the file ends";
            StopAt(segment.Path, End - segment.First, problem, status == SegmentReadStatus.Empty && next == long.MaxValue);
            long written = Math.Max(0, segment.FileLength - (End - segment.First));
            TornBytes = status == SegmentReadStatus.Empty ? 0 : written;
            return false;
        }
    }

    private SegmentReadStatus Check(in BinlogRecord record, out string problem)
    {
        problem = "";
        if (record.Hlc <= LastHlc)
            problem = $"its time {record.Hlc} is not above the one before, {LastHlc}";
        else if (record.Kind == RecordKind.Own)
            problem = CheckGroups(record);
        else if (record.Kind == RecordKind.TakenBack)
            Raise(record);
        return problem.Length == 0 ? SegmentReadStatus.Record : SegmentReadStatus.Bad;
    }

    private string CheckGroups(in BinlogRecord record)
    {
        GroupReader groups = record.Groups;
        int count = 0;
        while (groups.MoveNext())
        {
            count++;
            ref ulong last = ref _sequences[_options.Partitions.Of(groups.Current.Slot)];
            if (groups.Current.Sequence != last + 1)
                return $"its sequence {groups.Current.Sequence} in slot {groups.Current.Slot} doesn't follow {last}";
            last++;
        }

        return groups.Failed || count != record.Count ? "its groups are malformed" : "";
    }

    private void Raise(in BinlogRecord record)
    {
        RemoteBatch batch = RemoteBatch.Read(record.Body);
        while (batch.MoveNext())
        {
            ref ulong last = ref _sequences[_options.Partitions.Of(batch.Group.Slot)];
            last = Math.Max(last, batch.Group.Sequence);
        }
    }

    /// <summary>Notes the end, or refuses to go on when it lies below the durable position.</summary>
    private void StopAt(string path, long offset, string problem, bool byItself = false)
    {
        if (End < Durable)
            throw Damaged(path, $"offset {offset} (position {End}): {problem} (the log was durable up to {Durable})");
        if (!byItself)
            TornAt = $"{path} offset {offset}: {problem}";
    }

    private void CheckOwner(SegmentReader segment)
    {
        BinlogIdentity there = segment.Header.Identity;
        bool known = _directory.Existing?.Entries.Any(e => e.Id == segment.Header.History) ?? false;
        if (!known || there.ClusterId != _options.Identity.ClusterId || there.Region != _options.Identity.Region || there.NodeId != _options.Identity.NodeId)
            throw Damaged(segment.Path, "it belongs to another node or history");
    }

    private HistoryOutcome Judge()
    {
        HistoryFile? existing = _directory.Existing;
        if (existing is null)
            return HistoryOutcome.New;
        if (!_directory.IsOriginal || !existing.Entries[^1].Writable)
            return HistoryOutcome.Broken;
        if (existing.CleanEnd == End)
            return HistoryOutcome.ContinuedAfterClose;
        if (existing.WitnessPath.Length == 0)
            return HistoryOutcome.Broken;
        using CommittedFile? witness = CommittedFile.TryOpen(existing.WitnessPath);
        bool whole = witness is not null && witness.Nonce == existing.Nonce && witness.BootId == CommittedFile.CurrentBootId() && End >= witness.Committed;
        return whole ? HistoryOutcome.ContinuedAfterKill : HistoryOutcome.Broken;
    }

    /// <summary>The segments that stay, with their times: those before the replay are looked at here.</summary>
    private List<SegmentInfo> Describe()
    {
        var kept = new List<SegmentInfo>();
        ulong bound = LastHlc;
        for (int i = _kept - 1; i >= 0; i--)
        {
            long end = i + 1 < _kept ? _firsts[i + 1] : End;
            string path = SegmentNames.PathOf(_options.Directory, _firsts[i]);
            using SegmentReader segment = SegmentReader.TryOpen(path, RecordHeader.Length, out string problem) ?? throw Damaged(path, problem);
            if (segment.First != _firsts[i] || segment.FileLength < end - segment.First)
                throw Damaged(path, $"it ends before position {end}, where the next one begins");
            SegmentReadStatus status = segment.Read(segment.First, end, out BinlogRecord record, out _);
            ulong firstHlc = status == SegmentReadStatus.Record ? record.Hlc : 0;
            kept.Insert(0, new SegmentInfo(segment.First, end, segment.Header.History, firstHlc, firstHlc == 0 ? 0 : bound, Current: false));
            if (firstHlc != 0)
                bound = firstHlc - 1;
        }

        return kept;
    }

    private void Cut()
    {
        foreach (string prepared in Directory.GetFiles(_options.Directory, "*" + SegmentNames.PreparedExtension))
            File.Delete(prepared);
        for (int i = _firsts.Count - 1; i >= _kept; i--)
            File.Delete(SegmentNames.PathOf(_options.Directory, _firsts[i]));
        for (int i = 0; i < _kept; i++)
        {
            bool last = i == _kept - 1;
            if (!last && _firsts[i + 1] <= Durable)
                continue;
            string path = SegmentNames.PathOf(_options.Directory, _firsts[i]);
            using SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            if (last && NativeFiles.Truncate(file, End - _firsts[i]) != 0)
                throw new EnvironmentException($"the torn end of {path} can't be cut off: {System.Runtime.InteropServices.Marshal.GetLastPInvokeErrorMessage()}");
            Rewrite(file, Math.Max(Durable - _firsts[i], 0), (last ? End : _firsts[i + 1]) - _firsts[i]);
            Foundation.Durable.Sync(file, path);
        }

        Foundation.Durable.SyncDirectory(_options.Directory);
    }

    /// <summary>
    /// Writes what isn't known to be durable once more, as it is. After a failed sync the kernel may hold pages as clean that the disk never got: they read well, and a mere
    /// sync of them would say yes and do nothing.
    /// </summary>
    private static void Rewrite(SafeFileHandle file, long offset, long end)
    {
        byte[] buffer = new byte[1 << 20];
        while (offset < end)
        {
            int read = RandomAccess.Read(file, buffer.AsSpan(0, (int)Math.Min(buffer.Length, end - offset)), offset);
            if (read == 0)
                return;
            RandomAccess.Write(file, buffer.AsSpan(0, read), offset);
            offset += read;
        }
    }

    private AppendSegment BeginSegment()
    {
        string prepared = Path.Combine(_options.Directory, "first" + SegmentNames.PreparedExtension);
        AppendSegment segment = AppendSegment.Prepare(prepared, _options.SegmentBytes, _options.Mode, out string problem)
            ?? throw new EnvironmentException($"no binlog segment can be made in {_options.Directory}: {problem}");
        segment.Begin(_directory.NewHeader(End), SegmentNames.PathOf(_options.Directory, End));
        int error = segment.Sync();
        if (error != 0)
            throw new EnvironmentException($"fdatasync of {segment.Path} failed: {NativeFiles.Message(error)}", ExitCodes.DataAtRisk);
        Foundation.Durable.SyncDirectory(_options.Directory);
        return segment;
    }

    private void AppendHistoryMarker(BinlogWriter writer, HistoryId history, HistoryId before)
    {
        var payload = new ByteWriter();
        history.Write(payload.Reserve(HistoryId.Length));
        before.Write(payload.Reserve(HistoryId.Length));
        payload.WriteInt64(End);
        AppendStatus status = writer.AppendMarker(MarkerKind.History, payload.Written, out _);
        if (status != AppendStatus.Ok)
            throw new EnvironmentException($"the binlog in {_options.Directory} takes no record: {writer.Why(status)}");
    }

    private static EnvironmentException Damaged(string path, string what) =>
        new($"binlog {path}: {what}; the node stops because going on could lose data: rebuild it from a snapshot and the log of its peers", ExitCodes.DataAtRisk);
}
