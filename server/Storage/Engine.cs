using Microsoft.Extensions.Logging;
using MultiCloudKv.Binlog;
using MultiCloudKv.Foundation;
using MultiCloudKv.Merge;
using MultiCloudKv.Rpc.Configuration;
using MultiCloudKv.Server.Replication;
using MultiCloudKv.Server.Storage.Cache;

namespace MultiCloudKv.Server.Storage;

/// <summary>
/// The storage node without its network: binlog, record cache with its epochs, merge rules, clock and the duties around
/// them. RocksDB is a checkpoint of the binlog; the commit point of everything is the binlog record.
/// <para>
/// Start (<see cref="EngineStart"/>): open the store, load vectors and cursors of the last epoch, recover the binlog's end,
/// replay from the epoch's cut, then begin epochs and sweeping. Clients are let in by the <see cref="Gate"/> when it is sure
/// that nothing of this node's own is missing.
/// </para>
/// <para>
/// Failure: what was appended is applied, or the process stops and replay applies it (I1). <see cref="Stop"/> is the one
/// way out: it refuses further writes and hands the reason to <see cref="Failed"/>.
/// </para>
/// </summary>
/// <remarks>Thread-safe. State of a slot belongs to whoever holds its stripe.</remarks>
public sealed class Engine : IAsyncDisposable
{
    private readonly EngineParts _parts;
    private readonly ILogger _log;
    private readonly TaskCompletionSource<Exception> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CommitListeners _listeners = new();
    private readonly Sweeper _sweeper;
    private readonly GateKeeper _gateKeeper;
    private readonly Past _past;
    private readonly Lock _takingBack = new();
    private ulong _visited;
    private long _changes;
    private bool _takenBack;
    private bool _disposed;

    internal Engine(EngineParts parts, ILoggerFactory logs)
    {
        _parts = parts;
        _log = logs.CreateLogger<Engine>();
        _past = new Past(parts.Incarnation, parts.Binlog.History);
        EpochHost = new EpochHost(this, logs.CreateLogger<EpochHost>());
        Retention = new Retention(this, parts.Config.Binlog.BytesMax, logs.CreateLogger<Retention>());
        Waiters = new RegionWaiters(parts.Vectors);
        PeerClocks = new PeerClocks(parts.Time, parts.Clock, parts.Config.Replication.MaxClockDrift);
        FlowControl = new FlowControl(parts.Time, parts.Config.Replication.TargetLag, parts.Vectors, parts.OwnEnds.Hlc);
        PeerRegions = [.. parts.Config.Peers.Select(p => p.Id)];
        _sweeper = new Sweeper(this, logs.CreateLogger<Sweeper>());
        _gateKeeper = new GateKeeper(this, parts.Config, logs.CreateLogger<GateKeeper>());
        Gate.Set(CommitObstacle.NotTakenBack, "READONLY this node does not take writes yet: it asks the other regions whether changes of its own are missing");
        Remote = new RemoteApplier(this, parts.Config.Replication.MaxClockDrift);
    }

    public NodeConfig Config => _parts.Config;

    public HybridClock Clock => _parts.Clock;

    public RecordCache Cache => _parts.Cache;

    public BinlogWriter Binlog => _parts.Binlog;

    public SlotVectors Vectors => _parts.Vectors;

    /// <summary>Whether this node's own clients may write.</summary>
    public CommitGate Gate { get; } = new();

    /// <summary>Completes with the reason when the node has to stop.</summary>
    public Task<Exception> Failed => _failed.Task;

    /// <summary>Own transactions committed since the start.</summary>
    public long OwnChanges => Volatile.Read(ref _changes);

    /// <summary>Told of every touched key; registered once, before clients are let in.</summary>
    public ICommitListener? Listener
    {
        get => _listeners.Current;
        set => _listeners.Current = value;
    }

    /// <summary>How many commands clients have run, in all and per second: for whoever asks the node for its status. Set by those who serve clients.</summary>
    internal Func<(long All, long PerSecond)> CommandsServed { get; set; } = static () => (0, 0);

    /// <summary>Binlog sync policy is always: a reply waits until its change is durable.</summary>
    public bool RepliesWaitForSync => _parts.Config.Binlog.Sync == BinlogSync.Always;

    internal ExpiryQueues Expiries => _parts.Expiries;

    internal PendingSlots Pending => _parts.Pending;

    internal CursorTable Cursors => _parts.Cursors;

    internal OwnEnds OwnEnds => _parts.OwnEnds;

    internal AppliedFrontiers Frontiers => _parts.Frontiers;

    internal EpochHost EpochHost { get; }

    internal Retention Retention { get; }

    internal RegionWaiters Waiters { get; }

    internal PeerClocks PeerClocks { get; }

    /// <summary>Asked by those who serve clients, after writes.</summary>
    internal FlowControl FlowControl { get; }

    internal RemoteApplier Remote { get; }

    internal IReadOnlyList<byte> PeerRegions { get; }

    internal uint Epoch => Binlog.Epoch;

    public StorageSession NewSession() => new(this);

    /// <summary>The exact number of keys that show now.</summary>
    public long CountKeys() => CountKeys(out _);

    /// <summary>The same, and how many of them have an expiry.</summary>
    public long CountKeys(out long expiring)
    {
        _sweeper.HideDue(Clock.NowMs);
        long sum = 0;
        expiring = 0;
        for (int i = 0; i < RecordCache.StripeCount; i++)
        {
            Cache[i].Enter();
            sum += Cache[i].VisibleKeys;
            expiring += Cache[i].ExpiringKeys;
            Cache[i].Exit();
        }

        expiring = Math.Clamp(expiring, 0, sum);
        return sum;
    }

    /// <summary>Completes when everything before the position is on disk.</summary>
    /// <exception cref="EnvironmentException">The sync failed: the write may not be durable.</exception>
    public ValueTask WaitDurableAsync(long position) => Binlog.WaitDurable(position);

    /// <summary>Waits until other regions have applied a write: see WAITREGIONS.</summary>
    public Task<int> WaitRegionsAsync(CommitResult write, int count, TimeSpan timeout, CancellationToken cancel) =>
        Waiters.WaitAsync(write.Stamp, write.Slot, count, timeout, cancel);

    /// <summary>Ends the node: nothing more is taken, and whoever runs it learns why.</summary>
    public void Stop(Exception reason)
    {
        Gate.Set(CommitObstacle.ShuttingDown, "SHUTDOWN the node is stopping");
        _failed.TrySetResult(reason);
    }

    /// <summary>Ends cleanly: the open epoch is written, the binlog synced and closed.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        _disposed = true;
        Gate.Set(CommitObstacle.ShuttingDown, "SHUTDOWN the node is stopping");
        _gateKeeper.Dispose();
        _sweeper.Dispose();
        if (!_failed.Task.IsCompleted && Binlog.Failure is null)
            await Cache.Epochs.CloseAsync().ConfigureAwait(false);
        Cache.Epochs.Stop();
        Binlog.Dispose();
        Cache.Dispose();
        _parts.Database.Dispose();
    }

    internal StripeEffects NewEffects() => new(Expiries, Pending, _listeners);

    internal void Start()
    {
        Cache.Epochs.Start(EpochHost);
        _sweeper.Start();
        _gateKeeper.Start();
    }

    /// <summary>The life this process makes its own changes in.</summary>
    internal Past Past => _past;

    /// <summary>It is sure that nothing of this node's own is missing.</summary>
    internal bool IsTakenBack => Volatile.Read(ref _takenBack);

    /// <summary>Lets own clients write, once that is recorded.</summary>
    /// <exception cref="EnvironmentException">It can't be recorded; nothing changed, and it may be tried again.</exception>
    internal void SetTakenBack()
    {
        lock (_takingBack)
        {
            if (_takenBack)
                return;
            try
            {
                AppendStatus status = Binlog.AppendMarker(MarkerKind.Writable, default, out _);
                if (status != AppendStatus.Ok)
                    throw new EnvironmentException(Binlog.Why(status), ExitCodes.DataAtRisk);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new EnvironmentException($"it can't be recorded that this node takes writes: {e.Message}", e);
            }

            Volatile.Write(ref _takenBack, true);
            Gate.Set(CommitObstacle.NotTakenBack, null);
        }
    }

    internal CommitResult AppendOwn(Span<byte> groups, ReadOnlySpan<int> offsets, int slot, out uint epoch)
    {
        AppendStatus status = Binlog.AppendOwn(groups, offsets, default, out Appended appended);
        epoch = appended.Epoch;
        if (status != AppendStatus.Ok)
            return CommitResult.Refused(Refusal(status));
        Past past = _past;
        int partition = -1;
        foreach (int offset in offsets)
        {
            int of = Vectors.Partitions.Of(ChangeGroup.SlotAt(groups, offset));
            if (of == partition)
                continue;
            partition = of;
            OwnEnds.Raise(of, appended.Hlc, past);
        }

        Interlocked.Increment(ref _changes);
        return new CommitResult(new Stamp(appended.Hlc, Vectors.Self), appended.End, slot, null);
    }

    internal AppendStatus AppendRemote(in RemoteBatchInfo batch, out Appended appended) =>
        Binlog.AppendBatch(batch.TakenBack ? RecordKind.TakenBack : RecordKind.RemoteBatch, batch.Origin, batch.Body.Span, batch.Count, out appended);

    internal string BinlogTrouble(AppendStatus status) => Binlog.Why(status);

    /// <summary>Last own sequence of a partition.</summary>
    internal ulong OwnSequence(int partition)
    {
        Span<ulong> sequences = stackalloc ulong[Partitions.Max];
        Binlog.ReadFrontier(sequences[..Vectors.Partitions.Count]);
        return sequences[partition];
    }

    /// <summary>True when every region that counts is known to have got further since the last call that said so: collecting may find more to do.</summary>
    internal bool KnowledgeRose()
    {
        ulong least = ulong.MaxValue;
        foreach (byte peer in Vectors.Peers)
        {
            for (int partition = 0; partition < Vectors.Partitions.Count; partition++)
                least = Math.Min(least, Vectors.Known(partition, peer)?.Applied[peer] ?? 0);
        }

        if (least != ulong.MaxValue && least <= _visited)
            return false;
        _visited = least == ulong.MaxValue ? 0 : least;
        return true;
    }

    private string Refusal(AppendStatus status)
    {
        string why = Binlog.Why(status);
        if (status == AppendStatus.Failed)
            Gate.Set(CommitObstacle.SyncFailed, $"MISCONF {why}");
        return status switch
        {
            AppendStatus.DiskFull => $"MISCONF {why}",
            AppendStatus.TooLarge => $"ERR {why}",
            _ => $"MISCONF {why}",
        };
    }
}
