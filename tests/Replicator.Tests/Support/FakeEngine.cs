using System.Buffers.Binary;
using MultiCloudKv.Binlog;
using MultiCloudKv.Foundation;
using MultiCloudKv.Server.Replication;

namespace MultiCloudKv.Replicator.Tests.Support;

/// <summary>
/// A node without a store: a real binlog, and of what was applied only the list. What it checks of order is what the contract
/// says; a violation is remembered and fails the test.
/// </summary>
internal sealed class FakeEngine : INodeEngine, IDisposable
{
    private readonly Lock _lock = new();
    private readonly BinlogWriter _log;
    private readonly HybridClock _clock;
    private readonly Partitions _partitions;
    private readonly Dictionary<(byte Origin, int Partition), RemoteCursorInfo> _cursors = [];
    private readonly List<AppliedChange> _applied = [];
    private readonly OwnEndInfo[] _ends;
    private readonly byte _region;
    private uint _incarnation;
    private TaskCompletionSource _waiter = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public FakeEngine(string cluster, byte region, string name, string directory, int partitions, TimeProvider time, bool force = false, long segmentBytes = 4 << 20, bool proofless = false)
    {
        _region = region;
        _incarnation = 1;
        _partitions = new Partitions(partitions);
        _clock = new HybridClock(time);
        _ends = [.. Enumerable.Range(0, partitions).Select(p => new OwnEndInfo(p, 0, 0, 1, HistoryId.None))];
        Directory.CreateDirectory(directory);
        string witness = Directory.CreateDirectory(Path.Combine(directory, "..", "witness")).FullName;
        var options = new BinlogOptions
        {
            Directory = directory,
            Identity = new BinlogIdentity(cluster, region, 1, "n1"),
            Partitions = _partitions,
            Sync = SyncPolicy.EverySecond,
            SegmentBytes = segmentBytes,
            ReserveBytes = Math.Min(64 << 10, segmentBytes / 4),
            PopulateAheadBytes = Math.Min(1 << 20, segmentBytes / 2),
            WitnessDirectory = witness,
        };
        using BinlogRecovery recovery = BinlogRecovery.Open(options);
        recovery.Replay(RecoveryStart.Beginning, Replay);
        bool empty = recovery.Sequences.All(s => s == 0) && _cursors.Count == 0;
        _log = recovery.BeginWriting(_clock);
        Empty = empty;
        ForceWritable = force;
        LossProof = recovery.Outcome == HistoryOutcome.New || proofless || recovery.Outcome == HistoryOutcome.Broken
            ? new LossProof(false, "outcome " + recovery.Outcome)
            : new LossProof(true, "outcome " + recovery.Outcome);
        Identity = new NodeIdentityInfo(cluster, region, name, _incarnation, "n1", _log.History, 1, partitions, directory);
    }

    public NodeIdentityInfo Identity { get; private set; }

    public bool Writable { get; private set; }

    public bool Empty { get; }

    public bool ForceWritable { get; }

    public LossProof LossProof { get; }

    public bool HasWaiters { get; private set; }

    public List<string> Violations { get; } = [];

    public List<(byte Origin, int Partition, ulong Frontier)> Heartbeats { get; } = [];

    public long Confirmed { get; private set; }

    public IReadOnlyList<PeerConfirmation> Peers { get; private set; } = [];

    /// <summary>Delay of each batch, for a slow consumer.</summary>
    public TimeSpan ApplyDelay { get; set; }

    public bool Busy { get; set; }

    /// <summary>Called with each applied batch of another region.</summary>
    public Action<AppliedChange>? OnApplied { get; set; }

    public BinlogWriter Log => _log;

    public IReadOnlyList<AppliedChange> Applied
    {
        get
        {
            lock (_lock)
                return [.. _applied];
        }
    }

    public int AppliedCount
    {
        get
        {
            lock (_lock)
                return _applied.Count;
        }
    }

    /// <summary>A client's write: one change in each of the slots.</summary>
    public ulong Write(ReadOnlySpan<byte> value, params ReadOnlySpan<int> slots)
    {
        var body = new ByteWriter(value.Length + 64);
        Span<int> offsets = stackalloc int[slots.Length];
        for (int i = 0; i < slots.Length; i++)
            offsets[i] = ChangeGroup.Write(body, (ushort)slots[i], 0, 0, new StampVector(), _region, value);
        byte[] bytes = body.Written.ToArray();
        lock (_lock)
        {
            Assert.True(Writable, "written to before it was writable");
            AppendStatus status = _log.AppendOwn(bytes, offsets, default, out Appended appended);
            Assert.Equal(AppendStatus.Ok, status);
            foreach (int offset in offsets)
                End(ChangeGroup.SlotAt(bytes, offset), BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(offset + ChangeGroup.SequenceOffset)), appended.Hlc, _incarnation, _log.History);
            return appended.Hlc;
        }
    }

    public IReadOnlyList<OwnEndInfo> OwnEnds()
    {
        lock (_lock)
            return [.. _ends];
    }

    public IReadOnlyList<RemoteCursorInfo> Cursors()
    {
        lock (_lock)
            return [.. _cursors.Values];
    }

    public OwnFrontier OwnFrontier()
    {
        ulong[] sequences = new ulong[_partitions.Count];
        Frontier frontier = _log.ReadFrontier(sequences);
        return new OwnFrontier(frontier.Hlc, frontier.Position, sequences);
    }

    public void ReadAppliedFrontiers(int partition, StampVector into)
    {
        into.Clear();
        lock (_lock)
        {
            foreach (RemoteCursorInfo cursor in _cursors.Values.Where(c => c.Partition == partition))
                into[cursor.Origin] = cursor.Frontier;
        }
    }

    /// <summary>Until every other region given has confirmed a write: what WAITREGIONS does.</summary>
    public async Task WaitRegionsAsync(ulong stamp, int slot, byte region, CancellationToken cancel)
    {
        HasWaiters = true;
        Interlocked.Exchange(ref _waiter, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
        int partition = _partitions.Of(slot);
        while (Known(region, partition) < stamp)
            await Task.Delay(1, cancel);
        HasWaiters = false;
    }

    public async ValueTask WaitForWaiterAsync(TimeSpan timeout, CancellationToken cancel) =>
        await Task.WhenAny(Volatile.Read(ref _waiter).Task, Task.Delay(timeout, cancel));

    public async ValueTask<ApplyResult> ApplyAsync(RemoteBatchInfo batch, CancellationToken cancel)
    {
        if (ApplyDelay > TimeSpan.Zero)
            await Task.Delay(ApplyDelay, cancel);
        if (Busy)
            return new ApplyResult(ApplyOutcomeKind.Busy, 0, "busy by order of the test");
        lock (_lock)
            return batch.TakenBack ? TakeBack(batch) : Apply(batch);
    }

    public void Heartbeat(in RemoteHeartbeat heartbeat)
    {
        lock (_lock)
        {
            RemoteCursorInfo cursor = CursorOf(heartbeat.Origin, heartbeat.Partition);
            if (heartbeat.LastSequence != cursor.Sequence)
                Violations.Add($"a heartbeat of origin {heartbeat.Origin}, partition {heartbeat.Partition} says {heartbeat.LastSequence}, applied is {cursor.Sequence}");
            StampVector known = cursor.Known.Copy();
            known.Raise(heartbeat.Applied);
            _cursors[(heartbeat.Origin, heartbeat.Partition)] = cursor with { Frontier = Math.Max(cursor.Frontier, heartbeat.Frontier), Known = known };
            Heartbeats.Add((heartbeat.Origin, heartbeat.Partition, heartbeat.Frontier));
        }
    }

    public void SetWritable(bool forced, string reason)
    {
        lock (_lock)
        {
            if (forced && !Writable)
            {
                _incarnation++;
                Identity = Identity with { Incarnation = _incarnation };
            }

            Writable = true;
            WritableReason = reason;
        }
    }

    public string WritableReason { get; private set; } = "";

    public long Confirm(long confirmedPosition, IReadOnlyList<PeerConfirmation> peers)
    {
        Confirmed = confirmedPosition;
        Peers = peers;
        return 0;
    }

    public IEnumerable<SlotDigest> Digests(int firstSlot, int lastSlot, bool withKeys) => [];

    public string? Admin(string verb, IReadOnlyList<string> arguments) => null;

    public void Dispose() => _log.Dispose();

    private ulong Known(byte region, int partition)
    {
        lock (_lock)
            return CursorOf(region, partition).Known[_region];
    }

    private ApplyResult Apply(RemoteBatchInfo batch)
    {
        RemoteCursorInfo cursor = CursorOf(batch.Origin, batch.Partition);
        RemoteBatch entries = RemoteBatch.Read(batch.Body.Span);
        var fresh = new List<AppliedChange>();
        ulong sequence = cursor.Sequence, stamp = cursor.Stamp;
        uint incarnation = cursor.Incarnation;
        int count = 0;
        while (entries.MoveNext())
        {
            count++;
            if (entries.Group.Sequence <= sequence && entries.Incarnation <= incarnation)
                return new ApplyResult(ApplyOutcomeKind.Duplicate);
            if (entries.Group.Sequence != sequence + 1 && entries.Incarnation == incarnation)
                return new ApplyResult(ApplyOutcomeKind.Hole, sequence, $"entry {entries.Group.Sequence} after {sequence}");
            if (entries.Hlc < stamp)
                Violations.Add($"stamp {entries.Hlc} after {stamp}");
            if (_partitions.Of(entries.Group.Slot) != batch.Partition)
                Violations.Add("a change of another partition");
            sequence = entries.Group.Sequence;
            stamp = entries.Hlc;
            incarnation = entries.Incarnation;
            fresh.Add(new AppliedChange(batch.Origin, batch.Partition, sequence, stamp, incarnation, Crc32C.Compute(entries.Group.Bytes), entries.Group.Ops.Length, System.Diagnostics.Stopwatch.GetTimestamp()));
        }

        if (entries.Failed || count != batch.Count || sequence != batch.LastSequence || sequence != entries.Cursor.LastSequence || stamp != batch.LastStamp)
            Violations.Add("a batch's head and entries differ");
        Append(RecordKind.RemoteBatch, batch);
        _clock.Observe(stamp);
        _applied.AddRange(fresh);
        foreach (AppliedChange change in fresh)
            OnApplied?.Invoke(change);
        _cursors[(batch.Origin, batch.Partition)] = cursor with
        {
            Sequence = sequence,
            Stamp = stamp,
            Incarnation = incarnation,
            HistoryId = entries.Cursor.History,
            Topic = entries.Cursor.Topic,
            Offset = entries.Cursor.TransportOffset,
            Frontier = Math.Max(cursor.Frontier, stamp - 1),
        };
        return ApplyResult.Applied;
    }

    private ApplyResult TakeBack(RemoteBatchInfo batch)
    {
        Assert.Equal(_region, batch.Origin);
        Append(RecordKind.TakenBack, batch);
        RemoteBatch entries = RemoteBatch.Read(batch.Body.Span);
        while (entries.MoveNext())
        {
            if (entries.Group.Sequence != _ends[batch.Partition].Sequence + 1)
                Violations.Add($"taken back: {entries.Group.Sequence} after {_ends[batch.Partition].Sequence}");
            End(entries.Group.Slot, entries.Group.Sequence, entries.Hlc, entries.Incarnation, entries.Cursor.History);
            _clock.Observe(entries.Hlc);
        }

        return ApplyResult.Applied;
    }

    private void Append(RecordKind kind, RemoteBatchInfo batch) =>
        Assert.Equal(AppendStatus.Ok, _log.AppendBatch(kind, batch.Origin, batch.Body.Span, batch.Count, out _));

    private void End(int slot, ulong sequence, ulong hlc, uint incarnation, HistoryId history)
    {
        int partition = _partitions.Of(slot);
        _ends[partition] = new OwnEndInfo(partition, sequence, hlc, incarnation, history);
    }

    private RemoteCursorInfo CursorOf(byte origin, int partition) =>
        _cursors.GetValueOrDefault((origin, partition))
        ?? new RemoteCursorInfo(origin, partition, 1, 0, HistoryId.None, 0, 0, 0, "", -1, new StampVector());

    private void Replay(in BinlogRecord record)
    {
        if (record.Kind == RecordKind.Own)
        {
            foreach (ChangeGroup group in record.Groups)
                End(group.Slot, group.Sequence, record.Hlc, record.Incarnation, record.History);
            return;
        }

        if (record.Kind is not (RecordKind.RemoteBatch or RecordKind.TakenBack))
            return;
        RemoteBatch entries = RemoteBatch.Read(record.Body);
        while (entries.MoveNext())
        {
            if (record.Kind == RecordKind.TakenBack)
            {
                End(entries.Group.Slot, entries.Group.Sequence, entries.Hlc, entries.Incarnation, entries.Cursor.History);
                continue;
            }

            int partition = _partitions.Of(entries.Group.Slot);
            _applied.Add(new AppliedChange(record.Origin, partition, entries.Group.Sequence, entries.Hlc, entries.Incarnation, Crc32C.Compute(entries.Group.Bytes), entries.Group.Ops.Length, 0));
            _cursors[(record.Origin, partition)] = CursorOf(record.Origin, partition) with
            {
                Sequence = entries.Group.Sequence,
                Stamp = entries.Hlc,
                Incarnation = entries.Incarnation,
                HistoryId = entries.Cursor.History,
                Topic = entries.Cursor.Topic,
                Offset = entries.Cursor.TransportOffset,
                Frontier = entries.Hlc - 1,
            };
        }
    }
}
