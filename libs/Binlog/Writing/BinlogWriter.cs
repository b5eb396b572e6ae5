using System.Buffers.Binary;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Binlog;

/// <summary>
/// Appends to the log. What it promises:
/// <list type="bullet">
/// <item>Records stand in the order of their stamps, and their positions follow one another without holes.</item>
/// <item>Own groups get partition sequences without gaps, in that order.</item>
/// <item>When an append returns, the record is in the page cache and <c>committed</c> says so: a killed process loses nothing of it. What a power loss
/// leaves is a matter of <see cref="SyncPolicy"/>.</item>
/// </list>
/// Steps of an append, all in one short critical section: 1. room (roll into the segment that was prepared ahead); 2. stamp; 3. sequences, patched into the
/// groups; 4. checksum over segment id, history id, position and bytes; 5. copy into the segment; 6. publish the committed position, then the witness.
/// <para>
/// Failures: no room for a next segment (it can't be allocated, or can't be given its name) refuses own writes first and ends by itself; a failed write or sync ends everything, because what the kernel has dropped can't be told
/// from what it kept. Both are outcomes (<see cref="AppendStatus"/>), not exceptions.
/// </para>
/// </summary>
/// <remarks>
/// Thread-safe. A helper thread prepares segments, makes pages present and seals; a sync thread syncs. Neither holds the append lock while it works.
/// </remarks>
public sealed unsafe class BinlogWriter : IDisposable
{
    private readonly Lock _gate = new();
    private readonly BinlogOptions _options;
    private readonly HybridClock _clock;
    private readonly BinlogDirectory _directory;
    private readonly SegmentKeeper _segments;
    private readonly BinlogSyncer _syncer;
    private readonly CommittedFile _committedFile;
    private readonly CommittedFile? _witness;
    private readonly long* _committed;
    private readonly long* _witnessed;
    private readonly ulong[] _sequences;
    private readonly uint _incarnation;
    private readonly byte _region;
    private AppendSegment _current;
    private uint _epoch = 1;
    private string? _failure;
    private string? _archiveTrouble;
    private bool _closed;

    internal BinlogWriter(BinlogDirectory directory, BinlogOptions options, HybridClock clock, AppendSegment first, IEnumerable<SegmentInfo> sealedSegments, ulong[] sequences, CommittedFile committed, CommittedFile? witness, DurableFile durableFile, BinlogSeams seams)
    {
        _directory = directory;
        _options = options;
        _clock = clock;
        _current = first;
        _sequences = sequences;
        _incarnation = options.Identity.Incarnation;
        _region = options.Identity.Region;
        _committedFile = committed;
        _witness = witness;
        fixed (long* at = &committed.Committed, witnessed = &(witness ?? committed).Committed)
        {
            _committed = at;
            _witnessed = witnessed;
        }

        _segments = new SegmentKeeper(_gate, options, first, sealedSegments, seams);
        _syncer = new BinlogSyncer(_gate, this, options, durableFile, committed.Durable, seams);
        _segments.Start();
        _syncer.Start();
    }

    public BinlogIdentity Identity => _options.Identity;

    public HistoryId History => _directory.History;

    /// <summary>All histories of the directory, oldest first.</summary>
    public IReadOnlyList<HistoryEntry> Histories => _directory.Histories;

    /// <summary>End of the last record: what readers may read up to.</summary>
    public long Committed => Volatile.Read(ref *_committed);

    /// <summary>Everything before it was synced.</summary>
    public long Durable => _syncer.Durable;

    /// <summary>The epoch records fall into now.</summary>
    public uint Epoch => Volatile.Read(ref _epoch);

    /// <summary>Why nothing is taken any more; null while all is well.</summary>
    public string? Failure => Volatile.Read(ref _failure);

    /// <summary>Why there is no next segment; null while there is room.</summary>
    public string? NoRoom => _segments.NoRoom;

    /// <summary>Appends a transaction of this region's clients.</summary>
    /// <param name="body">Groups, one after the other. Their sequences are set here.</param>
    /// <param name="groupOffsets">Where each group begins in <paramref name="body"/>.</param>
    /// <param name="extensions">As <see cref="RecordExtensions.Write"/> made them.</param>
    public AppendStatus AppendOwn(Span<byte> body, ReadOnlySpan<int> groupOffsets, ReadOnlySpan<byte> extensions, out Appended result) =>
        Append(RecordKind.Own, _region, groupOffsets.Length, body, groupOffsets, extensions, out result);

    /// <summary>Appends changes of another region, or own ones that are taken back: these also raise the sequences.</summary>
    /// <param name="body">A <see cref="RemoteBatch"/> of one origin and partition.</param>
    public AppendStatus AppendBatch(RecordKind kind, byte origin, ReadOnlySpan<byte> body, int entryCount, out Appended result)
    {
        Invariant.Check(kind is RecordKind.RemoteBatch or RecordKind.TakenBack);
        Invariant.Check((kind == RecordKind.TakenBack) == (origin == _region));
        fixed (byte* first = body)
            return Append(kind, origin, entryCount, new Span<byte>(first, body.Length), default, default, out result);
    }

    /// <summary>Appends a marker. The first <see cref="MarkerKind.Writable"/> of a history also says in the directory that it may be continued.</summary>
    public AppendStatus AppendMarker(MarkerKind kind, ReadOnlySpan<byte> payload, out Appended result)
    {
        byte[] body = [(byte)kind, .. payload];
        AppendStatus status = Append(RecordKind.Marker, _region, 0, body, default, default, out result);
        if (status == AppendStatus.Ok && kind == MarkerKind.Writable)
            _directory.MarkWritable();
        return status;
    }

    /// <summary>Ends the epoch: the records before the cut belong to it, those after to the next.</summary>
    public EpochCut CloseEpoch()
    {
        lock (_gate)
        {
            var cut = new EpochCut(_epoch, *_committed, _clock.Next(), [.. _sequences]);
            Volatile.Write(ref _epoch, _epoch + 1);
            return cut;
        }
    }

    /// <summary>For heartbeats: up to which time the own changes are all in the log, and their last sequences.</summary>
    public Frontier ReadFrontier(Span<ulong> sequences)
    {
        lock (_gate)
        {
            _sequences.AsSpan().CopyTo(sequences);
            return new Frontier(_clock.Next(), *_committed);
        }
    }

    /// <summary>Completes when everything before a position is durable; many callers share one sync.</summary>
    /// <exception cref="EnvironmentException">The sync failed, now or earlier.</exception>
    public ValueTask WaitDurable(long position) => _syncer.Wait(position);

    /// <summary>The text for a refused append.</summary>
    public string Why(AppendStatus status) => status switch
    {
        AppendStatus.Ok => "",
        AppendStatus.DiskFull => $"the disk is full: {_segments.LastProblem ?? "no next binlog segment"}; writes are refused until there is room",
        AppendStatus.Failed => Failure ?? "the binlog failed",
        AppendStatus.TooLarge => $"the change is larger than {BinlogOptions.RecordBytesMax} bytes",
        _ => "the binlog is closed",
    };

    /// <summary>The segments that are there, oldest first.</summary>
    public IReadOnlyList<SegmentInfo> Segments() => _segments.List();

    /// <summary>Why segments can't be archived, and therefore not be deleted; null while all is well.</summary>
    public string? ArchiveTrouble => Volatile.Read(ref _archiveTrouble);

    /// <summary>
    /// Deletes the segments that end at or before a position; never the current one, nor one that isn't durable yet, nor, where an archive is set, one that
    /// can't be copied there. Returns the bytes freed.
    /// </summary>
    public long DeleteSegmentsBefore(long position)
    {
        position = Math.Min(position, Durable);
        if (_options.ArchiveDirectory.Length > 0)
            position = Archive(position);
        List<SegmentInfo> gone = _segments.Take(position);
        if (gone.Count == 0)
            return 0;
        Volatile.Write(ref _committedFile.FirstRetained, gone[^1].End);
        foreach (SegmentInfo segment in gone)
            File.Delete(SegmentNames.PathOf(_options.Directory, segment.First));
        Foundation.Durable.SyncDirectory(_options.Directory);
        return gone.Sum(s => s.Bytes);
    }

    /// <summary>
    /// Refuses what comes, syncs what is there, and leaves a directory whose end is known to be its own. The committed position stays readable: its mapping goes with this object.
    /// </summary>
    public void Dispose() => Close(clean: true);

    /// <summary>Stops at once and leaves the directory as a killed process would.</summary>
    internal void Abandon() => Close(clean: false);

    internal void Fail(string why) => Interlocked.CompareExchange(ref _failure, why, null);

    /// <summary>What a sync has to cover. Called by the sync thread under the append lock.</summary>
    internal (long Target, AppendSegment Current) SyncTarget() => (*_committed, _current);

    internal void PublishDurable(long durable)
    {
        Volatile.Write(ref _committedFile.Durable, durable);
        _segments.Synced();
    }

    /// <summary>Archives what ends at or before a position; returns up to where that succeeded.</summary>
    private long Archive(long position)
    {
        foreach (SegmentInfo segment in _segments.List().Where(s => !s.Current && s.End <= position))
        {
            try
            {
                SegmentArchive.Store(SegmentNames.PathOf(_options.Directory, segment.First), _options.ArchiveDirectory);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or EnvironmentException)
            {
                Volatile.Write(ref _archiveTrouble, $"segment {segment.First} can't be archived to {_options.ArchiveDirectory}: {e.Message}; it is kept");
                return segment.First;
            }
        }

        Volatile.Write(ref _archiveTrouble, null);
        return position;
    }

    private AppendStatus Append(RecordKind kind, byte origin, int count, Span<byte> body, ReadOnlySpan<int> groups, ReadOnlySpan<byte> extensions, out Appended result)
    {
        result = default;
        long length = RecordHeader.LengthOf(body.Length, extensions.Length);
        if (length > BinlogOptions.RecordBytesMax || count > ushort.MaxValue)
            return AppendStatus.TooLarge;
        Span<byte> head = stackalloc byte[RecordHeader.Length];
        Span<byte> padding = stackalloc byte[RecordHeader.Alignment];
        padding.Clear();
        padding = padding[..(int)(length - RecordHeader.Length - body.Length - extensions.Length)];
        lock (_gate)
        {
            Failpoint.Hit("binlog.before-append");
            AppendStatus status = MakeRoom(length, kind == RecordKind.Own);
            if (status != AppendStatus.Ok)
                return status;
            AppendSegment segment = _current;
            long position = *_committed;
            ulong hlc = _clock.Next();
            if (kind == RecordKind.Own)
                Number(body, groups);
            else if (kind == RecordKind.TakenBack)
                Renumber(body);
            var header = new RecordHeader
            {
                RecordLength = (int)length,
                Crc = 0,
                Kind = kind,
                Origin = origin,
                Count = (ushort)count,
                Incarnation = _incarnation,
                Hlc = hlc,
                Position = position,
                BodyLength = body.Length,
                ExtensionsLength = extensions.Length,
            };
            header.Write(head);
            uint crc = Crc32C.Update(RecordHeader.Begin(segment.Seed, position, (int)length), head[8..]);
            crc = Crc32C.Update(Crc32C.Update(Crc32C.Update(crc, body), extensions), padding);
            BinaryPrimitives.WriteUInt32LittleEndian(head[4..], ~crc);
            try
            {
                segment.Write(segment.Offset, head, body, extensions, padding);
            }
            catch (IOException e)
            {
                Fail(e.Message + "; writes are stopped");
                return AppendStatus.Failed;
            }

            segment.Offset += length;
            segment.LastHlc = hlc;
            if (segment.FirstHlc == 0)
                segment.FirstHlc = hlc;
            long end = position + length;
            Volatile.Write(ref *_committed, end);
            Volatile.Write(ref *_witnessed, end);
            if (kind is RecordKind.Own or RecordKind.TakenBack)
                Volatile.Write(ref _committedFile.Originated, end);
            _segments.Written(segment.Offset);
            result = new Appended(hlc, position, end, _epoch);
            Failpoint.Hit("binlog.after-append");
            return AppendStatus.Ok;
        }
    }

    private AppendStatus MakeRoom(long length, bool own)
    {
        if (_closed)
            return AppendStatus.Closed;
        if (_failure is not null)
            return AppendStatus.Failed;
        if (_current.Remaining >= length)
            return own && _current.Remaining - length < _options.ReserveBytes && !_segments.EnsureNext() ? AppendStatus.DiskFull : AppendStatus.Ok;
        AppendSegment? next = _segments.TakeNext(SegmentHeader.Length + length);
        return next is null ? AppendStatus.DiskFull : Roll(next);
    }

    private AppendStatus Roll(AppendSegment next)
    {
        Failpoint.Hit("binlog.segment-roll");
        long first = *_committed;
        try
        {
            next.Begin(_directory.NewHeader(first), SegmentNames.PathOf(_options.Directory, first));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _segments.GiveUp(next, $"a binlog segment can't be begun: {e.Message}");
            return AppendStatus.DiskFull;
        }

        AppendSegment ended = _current;
        _current = next;
        *_committed = first + SegmentHeader.Length;
        *_witnessed = *_committed;
        _segments.Rolled(ended, next);
        _syncer.Rolled(ended);
        return AppendStatus.Ok;
    }

    private void Number(Span<byte> body, ReadOnlySpan<int> groups)
    {
        foreach (int offset in groups)
        {
            int partition = _options.Partitions.Of(ChangeGroup.SlotAt(body, offset));
            ChangeGroup.PatchSequence(body, offset, ++_sequences[partition]);
        }
    }

    private void Renumber(ReadOnlySpan<byte> body)
    {
        RemoteBatch batch = RemoteBatch.Read(body);
        while (batch.MoveNext())
        {
            ref ulong last = ref _sequences[_options.Partitions.Of(batch.Group.Slot)];
            last = Math.Max(last, batch.Group.Sequence);
        }
    }

    private void Close(bool clean)
    {
        lock (_gate)
        {
            if (_closed)
                return;
            _closed = true;
        }

        clean &= _syncer.Stop(clean);
        _syncer.Dispose();
        _segments.Dispose();
        long end = Committed;
        if (clean)
        {
            _current.Seal();
            if (TryMarkClean(end))
                Volatile.Write(ref _committedFile.State, CommittedFile.StateClosed);
        }

        _current.Dispose();
        _directory.Dispose();
    }

    /// <summary>A full disk has no room for the word that all is clean. Then the directory is left as a killed process leaves it: the witness says that nothing is missing.</summary>
    private bool TryMarkClean(long end)
    {
        try
        {
            _directory.MarkClean(end);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or EnvironmentException)
        {
            Fail($"the binlog's clean end can't be recorded: {e.Message}");
            return false;
        }
    }
}
