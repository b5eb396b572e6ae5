using Google.Protobuf;
using MultiCloudKv.Foundation;
using MultiCloudKv.Rpc.Messages;

namespace MultiCloudKv.Replicator.Progress;

/// <summary>Up to where one origin's partition has been applied. Immutable; <see cref="Known"/> is not changed after it is set.</summary>
public sealed record PartitionCursor(
    byte Origin,
    int Partition,
    uint Generation,
    uint Incarnation,
    HistoryId History,
    ulong Sequence,
    ulong Stamp,
    ulong Frontier,
    string Topic,
    long Offset,
    StampVector Known)
{
    public static PartitionCursor None(byte origin, int partition) =>
        new(origin, partition, 0, 0, HistoryId.None, 0, 0, 0, "", -1, new StampVector());

    public static PartitionCursor From(Cursor message)
    {
        var known = new StampVector();
        if (!message.Known.IsEmpty)
        {
            var reader = new ByteReader(message.Known.Span);
            known.ReadFrom(ref reader);
        }

        return new PartitionCursor(
            (byte)message.Origin,
            (int)message.Partition,
            message.Generation,
            message.Incarnation,
            ReadHistory(message.HistoryId),
            message.Sequence,
            message.Stamp,
            message.Frontier,
            message.Topic,
            message.Offset,
            known);
    }

    public Cursor ToMessage()
    {
        var known = new ByteWriter(32);
        Known.WriteTo(known);
        return new Cursor
        {
            Origin = Origin,
            Partition = (uint)Partition,
            Generation = Generation,
            Incarnation = Incarnation,
            HistoryId = WriteHistory(History),
            Sequence = Sequence,
            Stamp = Stamp,
            Frontier = Frontier,
            Topic = Topic,
            Offset = Offset,
            Known = ByteString.CopyFrom(known.Written),
        };
    }

    public static HistoryId ReadHistory(ByteString bytes) => bytes.Length == HistoryId.Length ? HistoryId.Read(bytes.Span) : HistoryId.None;

    public static ByteString WriteHistory(HistoryId history)
    {
        byte[] bytes = new byte[HistoryId.Length];
        history.Write(bytes);
        return UnsafeByteOperations.UnsafeWrap(bytes);
    }
}
