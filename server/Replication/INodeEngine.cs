using MultiCloudKv.Foundation;

namespace MultiCloudKv.Server.Replication;

/// <summary>
/// What the node service needs of the engine: the seam between replication and storage. The engine is the authority on
/// order: it checks sequence and history of every batch against its cursors, whatever the replicator believes.
/// </summary>
/// <remarks>
/// Every member may be called from any thread. Batches and heartbeats of one (origin, partition) come one after the
/// other; those of different ones may come at the same time.
/// </remarks>
public interface INodeEngine
{
    NodeIdentityInfo Identity { get; }

    /// <summary>Clients may write.</summary>
    bool Writable { get; }

    /// <summary>Nothing was ever written here, by any region.</summary>
    bool Empty { get; }

    /// <summary>The node was started with the order to take writes although nothing is proven.</summary>
    bool ForceWritable { get; }

    LossProof LossProof { get; }

    /// <summary>Per partition the last own change in the binlog, those taken back included.</summary>
    IReadOnlyList<OwnEndInfo> OwnEnds();

    /// <summary>The cursor of every (origin, partition) ever applied or heard from.</summary>
    IReadOnlyList<RemoteCursorInfo> Cursors();

    /// <summary>Taken in the append section, so that nothing with a smaller stamp can follow.</summary>
    OwnFrontier OwnFrontier();

    /// <summary>Reads the applied frontier of every other origin in a partition; never lower than at the call before.</summary>
    void ReadAppliedFrontiers(int partition, StampVector into);

    /// <summary>Clients wait for other regions' acknowledgements (WAITREGIONS).</summary>
    bool HasWaiters { get; }

    /// <summary>Completes when <see cref="HasWaiters"/> turns true, or a waiter with a newer write comes, or at the time-out.</summary>
    ValueTask WaitForWaiterAsync(TimeSpan timeout, CancellationToken cancel);

    /// <summary>
    /// Logs and applies a batch: the cursor in it and the data become one binlog record. Returns once the changes show to
    /// this node's clients.
    /// </summary>
    ValueTask<ApplyResult> ApplyAsync(RemoteBatchInfo batch, CancellationToken cancel);

    /// <summary>Raises the origin's frontier and known context of a partition.</summary>
    void Heartbeat(in RemoteHeartbeat heartbeat);

    /// <summary>Lets clients write. Forced: takes a new incarnation and history first.</summary>
    void SetWritable(bool forced, string reason);

    /// <summary>Retention: segments wholly below the position may go once an epoch holds them. Returns the first position still there.</summary>
    long Confirm(long confirmedPosition, IReadOnlyList<PeerConfirmation> peers);

    /// <summary>Digests of the slots that are not empty; with keys, every key's besides.</summary>
    IEnumerable<SlotDigest> Digests(int firstSlot, int lastSlot, bool withKeys);

    /// <summary>Answers an administrative verb with JSON, or null for a verb it doesn't know.</summary>
    string? Admin(string verb, IReadOnlyList<string> arguments);
}
