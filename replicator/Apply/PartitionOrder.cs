using MultiCloudKv.Foundation;
using MultiCloudKv.Replicator.Progress;
using MultiCloudKv.Replicator.Transports;

namespace MultiCloudKv.Replicator.Apply;

/// <summary>
/// The order of one origin's partition (invariant I4): decides of each message whether it continues what was taken, was
/// there already, leaves a hole, or comes from another past.
/// </summary>
/// <remarks>
/// <para>Rules, S the sequence of the last change taken, H its history:</para>
/// <list type="number">
/// <item>Everything at or below S is a duplicate if its history is a known one of this origin; otherwise the partition stops.</item>
/// <item>A message whose previous sequence is above S leaves a hole.</item>
/// <item>Otherwise its entries above S are taken: each one's sequence is the one before plus one, and no stamp is below the last.</item>
/// <item>Another history may continue at S + 1: the origin lost nothing that was taken here, or took it back. It is then a known one.</item>
/// <item>A higher incarnation (the origin was forced to write without its tail) goes on from what the origin still had, at or below S;
/// its stamps must be above everything taken. A lower one is a duplicate or, if new, the partition stops.</item>
/// </list>
/// <para>A heartbeat is behind every change before it: one with a sequence above S shows a hole; one with a sequence below
/// S but a frontier not below the stamp of S shows that the origin has lost what was taken here.</para>
/// <para>Not thread-safe; owned by the origin's pipeline.</para>
/// </remarks>
internal sealed class PartitionOrder
{
    private readonly HistoryBook _histories;
    private readonly ChunkAssembler _chunks = new();
    private readonly byte _origin;
    private string _topic;
    private long _offset;

    public PartitionOrder(PartitionCursor from, HistoryBook histories, uint generation)
    {
        _histories = histories;
        _origin = from.Origin;
        Partition = from.Partition;
        Generation = generation;
        Sequence = from.Sequence;
        Stamp = from.Stamp;
        Frontier = from.Frontier;
        History = from.History;
        Incarnation = from.Incarnation;
        _topic = from.Topic;
        _offset = from.Offset;
        histories.Add(from.Origin, from.History);
    }

    public int Partition { get; }

    public uint Generation { get; }

    public ulong Sequence { get; private set; }

    public ulong Stamp { get; private set; }

    public ulong Frontier { get; private set; }

    public HistoryId History { get; private set; }

    public uint Incarnation { get; private set; }

    /// <summary>The highest sequence the origin has said it has.</summary>
    public ulong OriginSequence { get; private set; }

    /// <summary>Why the partition takes nothing more; null while it does.</summary>
    public string? Stopped { get; set; }

    /// <summary>A missing message was asked for and has not come yet.</summary>
    public bool AwaitsReship { get; set; }

    public long ReshipAskedAt { get; set; }

    public BatchBuilder Batch { get; } = new();

    public FeedStart Start => new(Partition, Sequence, History, Incarnation, _topic, _offset);

    /// <summary>The cursor of what is in the batch and before it.</summary>
    public PartitionCursor Cursor =>
        new(_origin, Partition, Generation, Incarnation, History, Sequence, Stamp, Frontier, _topic, _offset, new StampVector());

    /// <summary>The batch as it goes to the node.</summary>
    public ReadOnlyMemory<byte> Seal() => Batch.Seal(Sequence, _offset);

    /// <summary>True when a message can't join the batch that is being built.</summary>
    public bool NeedsNewBatch(in MessageHeader header) =>
        Batch.Count > 0
        && (header.History != Batch.History || Batch.Count + (long)header.Entries > MessageLimits.EntriesMax || header.Chunks > 1);

    /// <summary>Judges a message of changes; what is new in it goes into <see cref="Batch"/>.</summary>
    public OrderVerdict Accept(in ReceivedMessage message, string topic, out string why)
    {
        MessageHeader header = message.Header;
        why = "";
        OriginSequence = Math.Max(OriginSequence, header.Sequence);
        if (header.Generation != Generation)
            return Conflict($"partition generation {header.Generation}, here it is {Generation}", out why);
        if (header.Incarnation < Incarnation)
            return IsKnown(header) ? OrderVerdict.Duplicate : Conflict($"incarnation {header.Incarnation} after {Incarnation}", out why);

        bool fresh = header.Incarnation > Incarnation && Incarnation != 0;
        ulong last = fresh ? Math.Min(Sequence, header.Previous) : Sequence;
        if (fresh && header.FirstStamp <= Stamp)
            return Conflict($"incarnation {header.Incarnation} begins with a stamp not above the last one of incarnation {Incarnation}", out why);
        if (header.Sequence <= last)
        {
            return IsKnown(header)
                ? OrderVerdict.Duplicate
                : Conflict($"sequence {header.Sequence} of another past (history {header.History}); {last} of history {History} was applied", out why);
        }

        if (header.Previous > last)
            return OrderVerdict.Hole;
        return Take(message, last, topic, out why);
    }

    /// <summary>Judges a heartbeat.</summary>
    public OrderVerdict AcceptHeartbeat(in MessageHeader header, HeartbeatBody body, out string why)
    {
        why = "";
        OriginSequence = Math.Max(OriginSequence, header.Sequence);
        if (header.Generation != Generation || header.Incarnation < Incarnation || body.Frontier < Frontier)
            return OrderVerdict.Duplicate;
        bool fresh = header.Incarnation > Incarnation && Incarnation != 0;
        if (header.Sequence > Sequence)
            return OrderVerdict.Hole;
        if (header.Sequence < Sequence && !fresh && body.Frontier < Stamp)
            return OrderVerdict.Duplicate;
        if (header.Sequence < Sequence && !fresh)
            return Conflict($"the origin's last sequence is {header.Sequence}, but {Sequence} was applied here: it has lost its tail", out why);
        Frontier = Math.Max(Frontier, body.Frontier);
        return OrderVerdict.Taken;
    }

    private OrderVerdict Take(in ReceivedMessage message, ulong last, string topic, out string why)
    {
        MessageHeader header = message.Header;
        if (!message.TryPlain(out ReadOnlyMemory<byte> entries))
            return Conflict("a message can't be decompressed", out why);
        why = "";
        if (header.Chunks > 1)
        {
            bool whole = _chunks.TryAdd(header, entries.Span, out entries, out bool outOfTurn);
            if (!whole)
                return outOfTurn ? OrderVerdict.Hole : OrderVerdict.Partial;
        }
        else
        {
            _chunks.Drop();
        }

        return Entries(message, entries.Span, last, topic, out why);
    }

    private OrderVerdict Entries(in ReceivedMessage message, ReadOnlySpan<byte> entries, ulong last, string topic, out string why)
    {
        MessageHeader header = message.Header;
        var reader = new ByteReader(entries);
        ulong sequence = header.Previous;
        ulong stamp = 0;
        int start = 0, count = 0;
        while (!reader.AtEnd)
        {
            ulong hlc = reader.ReadUInt64();
            reader.ReadUInt32();
            if (!ChangeGroup.TryRead(ref reader, out ChangeGroup group))
                return Conflict("a message's entries can't be read", out why);
            if (group.Sequence != sequence + 1 || hlc < stamp)
                return Conflict($"entry {group.Sequence} at {hlc} follows {sequence} at {stamp}", out why);
            sequence = group.Sequence;
            stamp = hlc;
            if (sequence <= last)
                start = reader.Position;
            else if (count++ == 0 && hlc < Stamp)
                return Conflict($"entry {sequence} has a stamp below the last one applied", out why);
        }

        if (sequence != header.Sequence || count == 0)
            return Conflict($"a message says it ends at {header.Sequence}, its entries at {sequence}", out why);
        why = "";
        _histories.Add(_origin, header.History);
        if (Batch.Count == 0)
            Batch.Begin(Partition, Generation, header.History, topic);
        Batch.Add(entries[start..], count);
        Sequence = sequence;
        Stamp = stamp;
        Frontier = Math.Max(Frontier, stamp - 1);
        History = header.History;
        Incarnation = header.Incarnation;
        _topic = topic;
        _offset = message.Offset;
        return OrderVerdict.Taken;
    }

    private bool IsKnown(in MessageHeader header) => header.History == History || _histories.Knows(_origin, header.History);

    private static OrderVerdict Conflict(string reason, out string why)
    {
        why = reason;
        return OrderVerdict.Conflict;
    }
}
