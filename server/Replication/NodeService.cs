using Google.Protobuf;
using MultiCloudKv.Foundation;
using MultiCloudKv.Rpc;
using MultiCloudKv.Rpc.Messages;

namespace MultiCloudKv.Server.Replication;

/// <summary>
/// The node's side of replication: who the replicator is (Attach, fencing), other regions' changes in (Apply), the own
/// frontier out (Watch), retention (Report), digests (Verify).
/// </summary>
/// <remarks>
/// Apply answers in the order of the requests; one stream per origin, so that a slow origin holds up nobody else. Every
/// message of a stream carries the epoch, and a newer replicator's Attach ends the streams of the one before: nothing a
/// fenced replicator sent can be applied after the newer one has been given its cursors. Thread-safe.
/// </remarks>
public sealed class NodeService : IDisposable
{
    private static readonly TimeSpan WatchIntervalMin = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan WatchIntervalMax = TimeSpan.FromSeconds(10);
    private readonly INodeEngine _engine;
    private readonly ReplicationEpoch _epoch;
    private readonly ApplyGate _gate = new();
    private readonly AckPulse _pulse = new();
    private readonly TimeProvider _time;

    public NodeService(INodeEngine engine, ReplicationEpoch epoch, TimeProvider? time = null)
    {
        _engine = engine;
        _epoch = epoch;
        _time = time ?? TimeProvider.System;
    }

    /// <summary>Adds the methods of the node service.</summary>
    public void Register(RpcServices services) => services
        .Unary(NodeMethods.Attach, AttachAsync)
        .Duplex(NodeMethods.Apply, ApplyAsync)
        .ServerStreaming(NodeMethods.Watch, WatchAsync)
        .Unary(NodeMethods.SetWritable, SetWritableAsync)
        .Unary(NodeMethods.Report, ReportAsync)
        .ServerStreaming(NodeMethods.Verify, VerifyAsync)
        .Unary(NodeMethods.Admin, AdminAsync);

    public void Dispose() => _gate.Dispose();

    private async ValueTask<AttachReply> AttachAsync(AttachRequest request, RpcContext context)
    {
        NodeIdentityInfo identity = _engine.Identity;
        if (request.ClusterId != identity.ClusterId || request.Region != identity.Region)
        {
            throw new RpcException(
                RpcStatus.PermissionDenied,
                $"this node is region {identity.Region} of cluster '{identity.ClusterId}', not region {request.Region} of '{request.ClusterId}'");
        }

        if (!_epoch.TryAttach(request.ReplicatorId, request.EpochBefore, out ulong epoch, out string reason))
            throw new RpcException(RpcStatus.FailedPrecondition, reason);

        // Batches under way are let finish before the cursors are read: what they applied is in the answer.
        using (await _gate.CloseAsync(context.Cancel))
            return Describe(epoch);
    }

    private AttachReply Describe(ulong epoch)
    {
        LossProof proof = _engine.LossProof;
        var reply = new AttachReply
        {
            Epoch = epoch,
            Identity = Identity(_engine.Identity),
            Writable = _engine.Writable,
            LossProof = proof.Holds,
            LossProofReason = proof.Reason,
            Empty = _engine.Empty,
            ForceWritable = _engine.ForceWritable,
        };
        foreach (OwnEndInfo end in _engine.OwnEnds())
        {
            reply.OwnEnds.Add(new OwnEnd
            {
                Partition = (uint)end.Partition,
                Sequence = end.Sequence,
                Stamp = end.Stamp,
                Incarnation = end.Incarnation,
                HistoryId = Bytes(end.HistoryId),
            });
        }

        foreach (RemoteCursorInfo cursor in _engine.Cursors())
            reply.Cursors.Add(Message(cursor));
        return reply;
    }

    private async Task ApplyAsync(RpcReader<ApplyRequest> requests, RpcWriter<ApplyReply> replies, RpcContext context)
    {
        var refused = new Dictionary<(uint Origin, uint Partition), ApplyAck>();
        await using var acks = new AckWriter(replies, _time, context.Cancel);
        while (await requests.ReadAsync(context.Cancel) is { } request)
        {
            using (await _gate.EnterAsync(context.Cancel))
            {
                CheckEpoch(request.Epoch);
                foreach (ApplyItem item in request.Items)
                    acks.Add(await ApplyInOrderAsync(item, refused, context.Cancel), item.Changes?.Body.Length ?? 0);
            }

            await acks.SettleAsync();
        }

        await acks.SendAsync();
    }

    /// <summary>Once a batch of a partition was not applied, nothing behind it on this stream is: no later batch, and no heartbeat.</summary>
    private async ValueTask<ApplyAck> ApplyInOrderAsync(ApplyItem item, Dictionary<(uint Origin, uint Partition), ApplyAck> refused, CancellationToken cancel)
    {
        (uint, uint) key = (item.Origin, item.Partition);
        if (refused.TryGetValue(key, out ApplyAck? before))
            return new ApplyAck { Ticket = item.Ticket, Outcome = before.Outcome, Sequence = before.Sequence, Reason = before.Reason };
        ApplyAck ack = await ApplyItemAsync(item, cancel);
        if (ack.Outcome is not (ApplyOutcome.Applied or ApplyOutcome.Duplicate))
            refused[key] = ack;
        return ack;
    }

    private async ValueTask<ApplyAck> ApplyItemAsync(ApplyItem item, CancellationToken cancel)
    {
        int partition = (int)item.Partition;
        if (item.Origin is 0 or > 255 || partition >= _engine.Identity.Partitions)
            throw new RpcException(RpcStatus.InvalidArgument, $"no origin {item.Origin} or partition {item.Partition}");
        if (item.ContentCase == ApplyItem.ContentOneofCase.Heartbeat)
        {
            Heartbeat heartbeat = item.Heartbeat;
            _engine.Heartbeat(new RemoteHeartbeat(
                (byte)item.Origin, partition, heartbeat.Frontier, Vector(heartbeat.Applied), heartbeat.ClockMs, heartbeat.LastSequence));
            if (heartbeat.AckWanted)
                _pulse.Raise();
            return new ApplyAck { Ticket = item.Ticket, Outcome = ApplyOutcome.Applied };
        }

        ChangeBatch changes = item.Changes ?? throw new RpcException(RpcStatus.InvalidArgument, "an item without content");
        ApplyResult result = await _engine.ApplyAsync(
            new RemoteBatchInfo(
                (byte)item.Origin, partition, (int)changes.Count, changes.LastSequence, changes.LastStamp, changes.TakenBack, changes.Body.Memory),
            cancel);
        return new ApplyAck { Ticket = item.Ticket, Outcome = (ApplyOutcome)result.Outcome, Sequence = result.Sequence, Reason = result.Reason };
    }

    private async Task WatchAsync(WatchRequest request, RpcWriter<WatchReply> replies, RpcContext context)
    {
        var interval = TimeSpan.FromMilliseconds(request.IntervalMs);
        interval = interval < WatchIntervalMin ? WatchIntervalMin : interval > WatchIntervalMax ? WatchIntervalMax : interval;
        if (!_epoch.IsCurrent(request.Epoch, out CancellationToken replaced, out string reason))
            throw new RpcException(RpcStatus.FailedPrecondition, reason);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.Cancel, replaced);
        try
        {
            while (true)
            {
                Task pulse = _pulse.Next;
                await replies.WriteAsync(Sample(), either.Token);
                await WaitAsync(pulse, interval, either.Token);
            }
        }
        catch (OperationCanceledException) when (replaced.IsCancellationRequested && !context.Cancel.IsCancellationRequested)
        {
            CheckEpoch(request.Epoch);
        }
    }

    private async ValueTask WaitAsync(Task pulse, TimeSpan interval, CancellationToken cancel)
    {
        using var sooner = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Task waiter = _engine.WaitForWaiterAsync(interval, sooner.Token).AsTask();
        await Task.WhenAny(waiter, pulse);
        await sooner.CancelAsync();
        cancel.ThrowIfCancellationRequested();
    }

    private WatchReply Sample()
    {
        var reply = new WatchReply();
        NodeIdentityInfo identity = _engine.Identity;
        var vector = new StampVector();
        var bytes = new ByteWriter();
        for (int p = 0; p < identity.Partitions; p++)
        {
            _engine.ReadAppliedFrontiers(p, vector);
            bytes.Clear();
            vector.WriteTo(bytes);
            reply.Applied.Add(ByteString.CopyFrom(bytes.Written));
        }

        reply.Waiting = _engine.HasWaiters;
        OwnFrontier own = _engine.OwnFrontier();
        reply.Frontier = own.Hlc;
        reply.Position = own.Position;
        reply.ClockMs = HybridTime.PhysicalMs(own.Hlc);
        reply.Sequences.AddRange(own.Sequences);
        reply.Writable = _engine.Writable;
        reply.HistoryId = Bytes(identity.HistoryId);
        return reply;
    }

    private ValueTask<SetWritableReply> SetWritableAsync(SetWritableRequest request, RpcContext context)
    {
        CheckEpoch(request.Epoch);
        _engine.SetWritable(request.Forced, request.Reason);
        return new(new SetWritableReply { Identity = Identity(_engine.Identity) });
    }

    private ValueTask<ReportReply> ReportAsync(ReportRequest request, RpcContext context)
    {
        CheckEpoch(request.Epoch);
        var peers = new List<PeerConfirmation>(request.Peers.Count);
        foreach (PeerReport peer in request.Peers)
        {
            peers.Add(new PeerConfirmation(
                (byte)peer.Region, peer.Name, LinkStateNames.Of(peer.State), peer.Reason, peer.Confirmed, peer.ConfirmedPosition, peer.LagMs, peer.NeedsResync));
        }

        return new(new ReportReply { FirstPosition = _engine.Confirm(request.ConfirmedPosition, peers) });
    }

    private async Task VerifyAsync(VerifyRequest request, RpcWriter<VerifyReply> replies, RpcContext context)
    {
        if (request.FirstSlot > request.LastSlot || request.LastSlot >= Slots.Count)
            throw new RpcException(RpcStatus.InvalidArgument, $"slots {request.FirstSlot} to {request.LastSlot}");
        var bytes = new ByteWriter();
        foreach (SlotDigest slot in _engine.Digests((int)request.FirstSlot, (int)request.LastSlot, request.Detail == VerifyDetail.Keys))
        {
            bytes.Clear();
            slot.Vector.WriteTo(bytes);
            var reply = new VerifyReply { Slot = (uint)slot.Slot, Vector = ByteString.CopyFrom(bytes.Written), Digest = slot.Digest, Keys = (ulong)slot.Keys };
            foreach (KeyDigestInfo key in slot.KeyDigests)
                reply.KeyDigests.Add(new KeyDigest { Namespace = (uint)key.Namespace, Key = UnsafeByteOperations.UnsafeWrap(key.Key), Digest = key.Digest });
            await replies.WriteAsync(reply, context.Cancel);
        }
    }

    private ValueTask<AdminReply> AdminAsync(AdminRequest request, RpcContext context)
    {
        string json = _engine.Admin(request.Verb, request.Arguments)
            ?? throw new RpcException(RpcStatus.Unimplemented, $"no verb '{request.Verb}'");
        return new(new AdminReply { Json = json });
    }

    private void CheckEpoch(ulong epoch)
    {
        if (!_epoch.IsCurrent(epoch, out _, out string reason))
            throw new RpcException(RpcStatus.FailedPrecondition, reason);
    }

    private static NodeIdentity Identity(NodeIdentityInfo identity) => new()
    {
        ClusterId = identity.ClusterId,
        Region = identity.Region,
        RegionName = identity.RegionName,
        Incarnation = identity.Incarnation,
        NodeId = identity.NodeId,
        HistoryId = Bytes(identity.HistoryId),
        Generation = identity.Generation,
        Partitions = (uint)identity.Partitions,
        BinlogDirectory = identity.BinlogDirectory,
    };

    private static Cursor Message(RemoteCursorInfo cursor)
    {
        var known = new ByteWriter();
        cursor.Known.WriteTo(known);
        return new Cursor
        {
            Origin = cursor.Origin,
            Partition = (uint)cursor.Partition,
            Generation = cursor.Generation,
            Incarnation = cursor.Incarnation,
            HistoryId = Bytes(cursor.HistoryId),
            Sequence = cursor.Sequence,
            Stamp = cursor.Stamp,
            Frontier = cursor.Frontier,
            Topic = cursor.Topic,
            Offset = cursor.Offset,
            Known = ByteString.CopyFrom(known.Written),
        };
    }

    private static StampVector Vector(ByteString bytes)
    {
        var vector = new StampVector();
        var reader = new ByteReader(bytes.Span);
        vector.ReadFrom(ref reader);
        return reader.Failed ? throw new RpcException(RpcStatus.InvalidArgument, "a stamp vector can't be read") : vector;
    }

    private static ByteString Bytes(HistoryId id)
    {
        byte[] bytes = new byte[HistoryId.Length];
        id.Write(bytes);
        return UnsafeByteOperations.UnsafeWrap(bytes);
    }
}
