using MultiCloudKv.Binlog;
using MultiCloudKv.Foundation;
using MultiCloudKv.Replicator.Transports;

namespace MultiCloudKv.Replicator.Ship;

/// <summary>
/// Reads one origin's changes of one partition out of this node's binlog, to hand them to a peer that asks for them: its own
/// lost tail, or another region's changes (invariant I3). Stamps, incarnations, histories and bytes are those they were born with.
/// </summary>
/// <remarks>Not thread-safe; one per request.</remarks>
internal sealed class HistoryReader(ShipperOptions options)
{
    private const int ReplyBytes = 256 << 10;
    private readonly Stack<ByteWriter> _pool = new();

    /// <summary>True when the log no longer holds what comes right after the sequence asked for; known at the end.</summary>
    public bool Gone { get; private set; }

    public ulong LastSequence { get; private set; }

    /// <summary>The messages in order, a few at a time; each list is valid until the next.</summary>
    /// <param name="from">Where they stand in the log (<see cref="LogIndex.Locate"/>).</param>
    public IEnumerable<IReadOnlyList<OutMessage>> Read(long? from, byte origin, int partition, ulong afterSequence, ulong afterStamp)
    {
        LastSequence = afterSequence;
        if (from is not { } position || BinlogReader.TryOpen(options.BinlogDirectory) is not { } reader)
        {
            Gone = true;
            yield break;
        }

        using (reader)
        {
            if (!reader.TrySeek(position))
            {
                Gone = true;
                yield break;
            }

            var builder = new MessageBuilder(partition, origin, options.Generation, options.MessageBytes, options.Compress, _pool);
            builder.StartAt(afterSequence, 0);
            var done = new List<PooledMessage>();
            long end = reader.Committed;
            var alone = new Queue<LargeChange>();
            while (reader.Position < end && Next(reader, builder, origin, partition, afterStamp, done, alone))
            {
                while (alone.TryPeek(out LargeChange? large))
                {
                    if (builder.NextChunk(large, done))
                        alone.Dequeue();
                    yield return Finish(done);
                    Release(done);
                }

                if (done.Sum(d => d.Message.Bytes.Length) < ReplyBytes)
                    continue;
                yield return Finish(done);
                Release(done);
            }

            builder.Flush(done);
            LastSequence = builder.Sequence;
            if (done.Count > 0)
                yield return Finish(done);
            Release(done);
        }
    }

    private bool Next(BinlogReader reader, MessageBuilder builder, byte origin, int partition, ulong afterStamp, List<PooledMessage> done, Queue<LargeChange> alone)
    {
        BinlogReadStatus status = reader.Read(out BinlogRecord record);
        if (status != BinlogReadStatus.Record)
        {
            Gone |= status == BinlogReadStatus.Gone;
            return false;
        }

        if (record.Origin != origin)
            return true;
        if (record.Kind == RecordKind.Own)
        {
            foreach (ChangeGroup group in record.Groups)
                Add(record.Hlc, record.Incarnation, record.History, group, builder, partition, afterStamp, done, alone);
        }
        else if (record.Kind is RecordKind.RemoteBatch or RecordKind.TakenBack)
        {
            RemoteBatch batch = RemoteBatch.Read(record.Body);
            while (batch.MoveNext())
                Add(batch.Hlc, batch.Incarnation, batch.Cursor.History, batch.Group, builder, partition, afterStamp, done, alone);
        }

        return true;
    }

    private void Add(
        ulong hlc, uint incarnation, HistoryId history, in ChangeGroup group, MessageBuilder builder, int partition, ulong afterStamp, List<PooledMessage> done, Queue<LargeChange> alone)
    {
        if (options.Partitions.Of(group.Slot) != partition || group.Sequence <= builder.Sequence || hlc < afterStamp)
            return;
        if (alone.Count == 0 && !builder.IsLarge(group))
        {
            builder.Add(hlc, incarnation, history, group, done);
            return;
        }

        builder.Flush(done);
        alone.Enqueue(builder.Alone(hlc, incarnation, history, group));
    }

    private static List<OutMessage> Finish(List<PooledMessage> done) => [.. done.Select(d => d.Message)];

    private void Release(List<PooledMessage> done)
    {
        foreach (PooledMessage message in done)
        {
            message.Buffer.Clear();
            _pool.Push(message.Buffer);
        }

        done.Clear();
    }
}
