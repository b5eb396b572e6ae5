using Google.Protobuf;
using MultiCloudKv.Foundation;
using MultiCloudKv.Replicator.Progress;
using MultiCloudKv.Replicator.Transports;
using MultiCloudKv.Rpc.Messages;

namespace MultiCloudKv.Replicator.Apply;

/// <summary>
/// Takes one origin's messages in: puts them in order per partition, and sends what is new to the node as batches, each
/// heartbeat behind the changes before it.
/// </summary>
/// <remarks>Not thread-safe; one per session of a pipeline. Nothing lingers: what a fetch brought leaves with <see cref="FlushAsync"/>.</remarks>
internal sealed class Intake(byte origin, PartitionOrder?[] orders, ApplyStream apply, bool takenBack)
{
    private const int BatchBytes = 512 << 10;
    private readonly List<PartitionOrder> _open = [];
    private readonly HashSet<PartitionOrder> _added = [];
    private readonly ByteWriter _vector = new(64);

    private long _duplicates;

    public PartitionOrder? OrderOf(int partition) => (uint)partition < (uint)orders.Length ? orders[partition] : null;

    /// <summary>Messages since the last call that brought nothing new.</summary>
    public long TakeDuplicates() => Interlocked.Exchange(ref _duplicates, 0);

    public async ValueTask<(OrderVerdict Verdict, string Why)> TakeAsync(ReceivedMessage message, string topic, CancellationToken cancel)
    {
        PartitionOrder order = OrderOf(message.Header.Partition)!;
        if (_added.Contains(order) || order.NeedsNewBatch(message.Header))
            await FlushAsync(cancel);
        bool open = order.Batch.Count > 0;
        OrderVerdict verdict = order.Accept(message, topic, out string why);
        if (verdict == OrderVerdict.Duplicate)
            _duplicates++;
        if (verdict != OrderVerdict.Taken)
            return (verdict, why);
        if (!open)
            _open.Add(order);
        if (order.Batch.Bytes >= BatchBytes)
            await FlushAsync(cancel);
        return (verdict, why);
    }

    public (OrderVerdict Verdict, string Why) TakeHeartbeat(in MessageHeader header, HeartbeatBody body)
    {
        PartitionOrder order = OrderOf(header.Partition)!;
        OrderVerdict verdict = order.AcceptHeartbeat(header, body, out string why);
        if (verdict == OrderVerdict.Taken)
            AddHeartbeat(order, body);
        return (verdict, why);
    }

    /// <summary>Puts a heartbeat behind what the partition has in its batch.</summary>
    public void AddHeartbeat(PartitionOrder order, HeartbeatBody body)
    {
        if (order.Batch.Count > 0 && _added.Add(order))
            apply.Add(order, origin, takenBack);
        _vector.Clear();
        body.Applied.WriteTo(_vector);
        apply.Add(order, origin, body, new Heartbeat
        {
            Frontier = body.Frontier,
            Applied = ByteString.CopyFrom(_vector.Written),
            ClockMs = body.ClockMs,
            LastSequence = order.Sequence,
            AckWanted = body.AckWanted,
        });
    }

    /// <summary>Sends all that was taken.</summary>
    public async ValueTask FlushAsync(CancellationToken cancel)
    {
        foreach (PartitionOrder order in _open)
        {
            if (_added.Add(order))
                apply.Add(order, origin, takenBack);
        }

        await apply.SendAsync(cancel);
        foreach (PartitionOrder order in _added)
            order.Batch.Clear();
        _open.Clear();
        _added.Clear();
    }
}
