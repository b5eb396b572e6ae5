using System.Diagnostics;
using Microsoft.Extensions.Logging;
using MultiCloudKv.Binlog;
using MultiCloudKv.Foundation;
using MultiCloudKv.Merge;
using MultiCloudKv.Merge.Changes;
using MultiCloudKv.Rpc.Configuration;
using MultiCloudKv.Server.Replication;
using MultiCloudKv.Server.Storage.Cache;
using GroupOutcome = MultiCloudKv.Merge.Changes.ApplyResult;

namespace MultiCloudKv.Server.Storage;

/// <summary>
/// Starts an engine:
/// <list type="number">
/// <item>Open the checkpoint store; load the last epoch's cut, vectors and cursors.</item>
/// <item>Find the binlog's end and replay from the cut: the same code that applied the changes applies them again, what the
/// vectors already cover is skipped, so replay from earlier than needed changes nothing (I8).</item>
/// <item>Begin writing behind the end. Whether it is sure that nothing is missing (the directory was closed cleanly, or only
/// the process was killed) decides if clients may write at once or the replicator first takes back what peers have.</item>
/// </list>
/// </summary>
public static partial class EngineStart
{
    /// <summary>This part of the cache's bytes is RocksDB's block cache, the rest holds records.</summary>
    private const int BlockCacheShare = 4;

    /// <summary>Of a segment, this part is kept for peers' changes when the disk is full.</summary>
    private const int ReserveShare = 8;
    private const long ReserveBytesMax = 8L << 20;

    /// <summary>New keys' versions are above this much after the last applied time of their slot, so that a version chain that ran ahead of time is still asked for.</summary>
    private static readonly ulong VersionMargin = HybridTime.FromMs(60_000);

    /// <exception cref="EnvironmentException">Directory, store or binlog can't be used; the message says what to do.</exception>
    public static Engine Open(NodeConfig config, TimeProvider time, bool forceWritable, ILoggerFactory logs, out StartReport report)
    {
        long began = Stopwatch.GetTimestamp();
        MakeDirectory(config.DataDirectory);
        uint incarnation = IncarnationFile.Read(config.DataDirectory, config.Incarnation);
        if (forceWritable)
            IncarnationFile.Write(config.DataDirectory, ++incarnation);
        CheckpointDatabase database = CheckpointDatabase.Open(config.StoreDirectory, config.Cache.Bytes / BlockCacheShare);
        CheckpointStore store = database.Store;
        RecordCache? cache = null;
        try
        {
            var partitions = new Partitions(config.Partitions);
            var vectors = new SlotVectors(config.RegionId, partitions);
            vectors.SetPeers([.. config.Peers.Select(p => p.Id)]);
            var cursors = new CursorTable();
            var ownEnds = new OwnEnds(partitions.Count);
            var frontiers = new AppliedFrontiers(partitions.Count);
            long recordBytes = config.Cache.Bytes - (config.Cache.Bytes / BlockCacheShare);
            var bounds = new RecordCacheOptions { CacheBytes = recordBytes, DirtyBytes = Math.Min(config.Cache.DirtyBytes, recordBytes / 2), EpochTime = config.Cache.EpochTime };
            cache = new RecordCache(bounds, store) { Capture = stripe => AppliedRows.Capture(vectors, stripe.Index) };
            var clock = new HybridClock(time);
            CheckpointCut? cut = Checkpoint.Read(store, cache, ownEnds, cursors, vectors);
            clock.Observe(cut?.Hlc ?? 0);
            SetVersionFloors(cache, vectors);
            using var recovery = BinlogRecovery.Open(BinlogOptionsOf(config, incarnation));
            var expiries = new ExpiryQueues(cache);
            var pending = new PendingSlots();
            var replay = new Replay(cache, vectors, cursors, ownEnds, clock, new StripeEffects(expiries, pending, new CommitListeners()));
            recovery.Replay(cut is null ? RecoveryStart.Beginning : new RecoveryStart(cut.Position, cut.Sequences, cut.Hlc), replay.Visit);
            bool empty = cut is null && replay.Records == 0 && recovery.Outcome == HistoryOutcome.New;
            BinlogWriter binlog = recovery.BeginWriting(clock);
            foreach ((byte origin, OriginPosition position) in cursors.All())
                frontiers.Raise(origin, position.Cursor.Partition, position.Hlc);
            var engine = new Engine(new EngineParts(config, time, clock, database, cache, binlog, vectors, cursors, ownEnds, frontiers, expiries, pending, incarnation), logs);
            engine.EpochHost.FlushedPosition = cut?.Position ?? 0;
            report = new StartReport(empty, forceWritable, ProofOf(recovery, config), replay.Records, Stopwatch.GetElapsedTime(began));
            ILogger log = logs.CreateLogger<Engine>();
            LogStarted(log, report.Replayed, report.Took, binlog.Committed, recovery.Outcome, recovery.TornAt);
            if (report.LossProof.Holds || forceWritable || config.Peers.Count == 0)
                engine.SetTakenBack();
            engine.Start();
            return engine;
        }
        catch
        {
            cache?.Dispose();
            database.Dispose();
            throw;
        }
    }

    private static void MakeDirectory(string directory)
    {
        try
        {
            Directory.CreateDirectory(directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EnvironmentException($"the data directory {directory} can't be made: {e.Message}");
        }
    }

    private static Binlog.BinlogOptions BinlogOptionsOf(NodeConfig config, uint incarnation) => new()
    {
        Directory = config.BinlogDirectory,
        Identity = new BinlogIdentity(config.ClusterId, config.RegionId, incarnation, config.NodeId),
        Partitions = new Partitions(config.Partitions),
        Mode = config.Binlog.Mode == BinlogMode.PositionedWrite ? AppendMode.Pwrite : AppendMode.Mmap,
        Sync = config.Binlog.Sync switch
        {
            BinlogSync.Always => SyncPolicy.Always,
            BinlogSync.Os => SyncPolicy.Os,
            _ => SyncPolicy.EverySecond,
        },
        SegmentBytes = config.Binlog.SegmentBytes,
        ReserveBytes = Math.Min(ReserveBytesMax, config.Binlog.SegmentBytes / ReserveShare),
        ArchiveDirectory = config.Binlog.Archive ?? "",
    };

    private static void SetVersionFloors(RecordCache cache, SlotVectors vectors)
    {
        var applied = new StampVector();
        for (int slot = 0; slot < Slots.Count; slot++)
        {
            vectors.CopyApplied(slot, applied);
            ulong last = 0;
            for (int i = 0; i < applied.Count; i++)
                last = Math.Max(last, applied.At(i).Hlc);
            cache.OfSlot(slot).SetVersionFloor(slot, last == 0 ? 0 : last + VersionMargin);
        }
    }

    private static LossProof ProofOf(BinlogRecovery recovery, NodeConfig config) => recovery.Outcome switch
    {
        HistoryOutcome.ContinuedAfterClose => new LossProof(true, "the binlog was closed cleanly and ends where it was closed"),
        HistoryOutcome.ContinuedAfterKill => new LossProof(true, "only the process ended: the binlog holds all it had committed"),
        HistoryOutcome.New when config.Peers.Count == 0 => new LossProof(true, "the directory is new and there is no peer"),
        HistoryOutcome.New => new LossProof(false, "the directory is new: peers may have changes of this region from before"),
        _ => new LossProof(false, "the binlog may have lost its tail (power loss, or a restored directory): peers are asked for what is missing"),
    };

    [LoggerMessage(Level = LogLevel.Information, Message = "replayed {Records} records in {Took}; the binlog goes on at {Position} ({Outcome}{Torn})")]
    private static partial void LogStarted(ILogger log, long records, TimeSpan took, long position, HistoryOutcome outcome, string torn);

    /// <summary>Applies binlog records to the cache, in log order, on one thread, before anybody else sees it.</summary>
    private sealed class Replay(RecordCache cache, SlotVectors vectors, CursorTable cursors, OwnEnds ownEnds, HybridClock clock, StripeEffects effects)
    {
        private readonly ChangeApplier _applier = new(vectors, effects);
        private Past _past = new(0, default);

        public long Records { get; private set; }

        public void Visit(in BinlogRecord record)
        {
            Records++;
            clock.Observe(record.Hlc);
            switch (record.Kind)
            {
                case RecordKind.Own:
                    VisitOwn(record);
                    break;
                case RecordKind.RemoteBatch or RecordKind.TakenBack:
                    VisitBatch(record);
                    break;
                default:
                    break;
            }
        }

        private void VisitOwn(in BinlogRecord record)
        {
            if (_past.Incarnation != record.Incarnation || _past.History != record.History)
                _past = new Past(record.Incarnation, record.History);
            var groups = record.Groups;
            while (groups.MoveNext())
            {
                Apply(groups.Current, record.Stamp);
                ownEnds.Raise(vectors.Partitions.Of(groups.Current.Slot), record.Hlc, _past);
            }
        }

        private void VisitBatch(in BinlogRecord record)
        {
            RemoteBatch entries = RemoteBatch.Read(record.Body);
            ulong hlc = 0;
            uint incarnation = 0;
            while (entries.MoveNext())
            {
                hlc = entries.Hlc;
                incarnation = entries.Incarnation;
                clock.Observe(hlc);
                Apply(entries.Group, new Stamp(hlc, record.Origin));
            }

            if (record.Kind == RecordKind.TakenBack)
                ownEnds.Raise(entries.Cursor.Partition, hlc, new Past(incarnation, entries.Cursor.History));
            else
                cursors.Set(record.Origin, new OriginPosition(entries.Cursor, hlc, incarnation), 1);
        }

        private void Apply(in ChangeGroup group, Stamp stamp)
        {
            Stripe stripe = cache.OfSlot(group.Slot);
            stripe.Enter();
            try
            {
                stripe.Store.Begin(null);
                effects.Stripe = stripe;
                GroupOutcome outcome = _applier.Apply(stripe.Store, stamp, group.Bytes, clock.NowMs);
                Invariant.Check(outcome != GroupOutcome.Hole);
            }
            finally
            {
                stripe.Exit();
            }
        }
    }
}
