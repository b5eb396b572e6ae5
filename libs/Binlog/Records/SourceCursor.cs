using System.Text;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Binlog;

/// <summary>
/// Up to where an origin's partition had been consumed when a batch of it was logged: data and position are of one moment because they stand in one record.
/// <code>partition u16 | generation u32 | history id 16 | last sequence u64 | transport offset i64 | topic (varint length, UTF-8)</code>
/// </summary>
public sealed record SourceCursor(int Partition, uint Generation, HistoryId History, ulong LastSequence, long TransportOffset, string Topic)
{
    public void Write(ByteWriter to)
    {
        to.WriteUInt16((ushort)Partition);
        to.WriteUInt32(Generation);
        History.Write(to.Reserve(HistoryId.Length));
        to.WriteUInt64(LastSequence);
        to.WriteInt64(TransportOffset);
        to.WriteBytes(Encoding.UTF8.GetBytes(Topic));
    }

    /// <summary>Reads what <see cref="Write"/> wrote; the reader has failed when it is malformed.</summary>
    public static SourceCursor Read(ref ByteReader from)
    {
        int partition = from.ReadUInt16();
        uint generation = from.ReadUInt32();
        ReadOnlySpan<byte> history = from.Take(HistoryId.Length);
        HistoryId id = history.IsEmpty ? default : HistoryId.Read(history);
        ulong lastSequence = from.ReadUInt64();
        long offset = from.ReadInt64();
        return new SourceCursor(partition, generation, id, lastSequence, offset, Encoding.UTF8.GetString(from.ReadBytes()));
    }
}
