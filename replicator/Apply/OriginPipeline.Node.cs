using MultiCloudKv.Foundation;
using MultiCloudKv.Replicator.Progress;
using MultiCloudKv.Rpc;
using MultiCloudKv.Rpc.Messages;

namespace MultiCloudKv.Replicator.Apply;

/// <content>The side of the pipeline that faces the node, and what it does while the origin is away.</content>
public sealed partial class OriginPipeline
{
    private async Task AttachAsync(CancellationToken cancel)
    {
        try
        {
            await _services.Node.AttachAsync(cancel);
        }
        catch (RpcException e)
        {
            throw new SessionEndedException(SessionEnd.NodeAway, "the node: " + e, e);
        }
    }

    private PartitionOrder?[] BuildOrders()
    {
        var orders = new PartitionOrder?[_services.Config.Partitions];
        for (int p = 0; p < orders.Length; p++)
            orders[p] = new PartitionOrder(_services.Board.Of(Origin, p), _services.Histories, _services.Generation);
        return orders;
    }

    private async Task<ApplyStream> OpenApplyAsync(CancellationToken cancel)
    {
        try
        {
            return await ApplyStream.OpenAsync(_services.Node, _services.Board, _services.Config.Replication.InFlightBytesMax, OnAck, cancel);
        }
        catch (RpcException e)
        {
            throw new SessionEndedException(SessionEnd.NodeAway, "the node: " + e, e);
        }
    }

    private async Task ReadAcksAsync(ApplyStream apply, CancellationTokenSource session, CancellationToken outer)
    {
        try
        {
            await apply.ReadAcksAsync(outer);
        }
        catch (Exception e)
        {
            // A session that ends for another reason breaks this stream itself.
            if (session.IsCancellationRequested)
                return;
            FailSession(SessionEnd.NodeAway, "the node: " + e.Message, e);
            try
            {
                await session.CancelAsync();
            }
            catch (ObjectDisposedException)
            {
                // The session ended for another reason meanwhile.
            }
        }
    }

    private void OnAck(UnderWay sent, ApplyAck ack)
    {
        switch (ack.Outcome)
        {
            case ApplyOutcome.Applied or ApplyOutcome.Duplicate when sent.Heartbeat is { } heartbeat:
                Counters.Heartbeat(heartbeat.Frontier);
                break;
            case ApplyOutcome.Applied or ApplyOutcome.Duplicate:
                double lag = (double)ack.AppliedMs - HybridTime.PhysicalMs(sent.Cursor.Stamp);
                Counters.Applied(sent.Changes, sent.Bytes, sent.Cursor.Stamp, Math.Max(0, lag));
                if (_services.Alarms.Count > 0)
                    ClearAlarms(sent.Cursor.Partition);
                break;
            case ApplyOutcome.Busy:
                _services.Alarms.Raise($"node takes nothing of {Name}", ack.Reason);
                FailSession(SessionEnd.NodeBusy, "the node can't take more now: " + ack.Reason, null);
                break;
            case ApplyOutcome.Conflict when _orders[sent.Cursor.Partition] is { } order:
                if (order.Stopped is null)
                    Stop(order, ack.Reason);
                break;
            case ApplyOutcome.Hole when _orders[sent.Cursor.Partition] is { Stopped: null }:
                FailSession(SessionEnd.Reopen, $"the node has partition {sent.Cursor.Partition} up to {ack.Sequence}: {ack.Reason}", null);
                break;
        }
    }

    private void ClearAlarms(int partition)
    {
        _services.Alarms.Clear($"{Name} partition {partition}");
        _services.Alarms.Clear($"node takes nothing of {Name}");
    }

    private void FailSession(SessionEnd end, string reason, Exception? inner)
    {
        lock (_lock)
        {
            _sessionFailure ??= new SessionEndedException(end, reason, inner);
            _session?.Cancel();
        }
    }

    private static async Task DrainAsync(ApplyStream apply, CancellationToken cancel)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(DrainPatience);
        try
        {
            await apply.DrainAsync(patience.Token);
        }
        catch (Exception e) when (e is RpcException or OperationCanceledException)
        {
            // What was not acknowledged is asked of the node when it is attached to again.
        }
    }

    private async ValueTask FillFromOthersAsync(CancellationToken cancel)
    {
        if (_services.Time.GetElapsedTime(_lastContact) < _services.Config.Replication.GapWait)
            return;
        try
        {
            await _fill.FillAsync(Origin, cancel);
        }
        catch (Exception e) when (e is RpcException or IOException or HttpRequestException or OperationCanceledException)
        {
            if (e is RpcException rpc)
                NodeSession.ThrowIfFenced(rpc);
        }
    }
}
