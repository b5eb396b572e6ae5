using MultiCloudKv.Foundation;

namespace MultiCloudKv.Replicator.Transports.Kafka;

/// <summary>
/// The shipping checkpoint: up to where Kafka has confirmed this region's changes. Immutable. The file, all little-endian:
/// <code>
///   offset 0   format      u32  2
///          4   generation  u32  of the partitions
///          8   history     16   of the binlog in which the position counts
///         24   position    i64  everything of the binlog below it is confirmed
///         32   count       u16
///         34   per partition: incarnation u32, history 16, sequence u64 of the last confirmed change
///              topic       u16  partitions of the topic; 0: not known, or none was shipped into yet
///              crc32c      u32
/// </code>
/// </summary>
internal sealed record ShippedState(uint Generation, HistoryId History, long Position, IReadOnlyList<FeedStart> Ends, int TopicPartitions)
{
    private const uint Format = 2;
    private const uint FormatWithoutTopic = 1;

    public static ShippedState None(uint generation, int partitions) =>
        new(generation, HistoryId.None, 0, [.. Enumerable.Range(0, partitions).Select(p => new FeedStart(p, 0, HistoryId.None, 0))], 0);

    /// <summary>Reads the file. Null: missing, damaged or of another generation; shipping then begins with the oldest change kept.</summary>
    public static ShippedState? TryRead(string path, uint generation, int partitions)
    {
        if (!File.Exists(path))
            return null;
        byte[] content = File.ReadAllBytes(path);
        if (content.Length < 4)
            return null;
        var reader = new ByteReader(content.AsSpan(0, content.Length - 4));
        uint format = reader.ReadUInt32();
        if (format is not (Format or FormatWithoutTopic) || reader.ReadUInt32() != generation)
            return null;
        ReadOnlySpan<byte> history = reader.Take(HistoryId.Length);
        long position = reader.ReadInt64();
        int count = reader.ReadUInt16();
        if (reader.Failed || count != partitions)
            return null;
        HistoryId log = HistoryId.Read(history);
        var ends = new List<FeedStart>(count);
        for (int p = 0; p < count; p++)
        {
            uint incarnation = reader.ReadUInt32();
            history = reader.Take(HistoryId.Length);
            ulong sequence = reader.ReadUInt64();
            if (reader.Failed)
                return null;
            ends.Add(new FeedStart(p, sequence, HistoryId.Read(history), incarnation));
        }

        int topic = format == Format ? reader.ReadUInt16() : 0;
        bool whole = !reader.Failed && reader.AtEnd && Crc32C.Compute(content.AsSpan(0, content.Length - 4)) == BitConverter.ToUInt32(content.AsSpan(content.Length - 4));
        return whole ? new ShippedState(generation, log, position, ends, topic) : null;
    }

    /// <summary>Replaces the file; it is on disk when this returns.</summary>
    public void Save(string path)
    {
        var to = new ByteWriter(64 + (Ends.Count * 28));
        to.WriteUInt32(Format);
        to.WriteUInt32(Generation);
        History.Write(to.Reserve(HistoryId.Length));
        to.WriteInt64(Position);
        to.WriteUInt16((ushort)Ends.Count);
        foreach (FeedStart end in Ends)
        {
            to.WriteUInt32(end.Incarnation);
            end.History.Write(to.Reserve(HistoryId.Length));
            to.WriteUInt64(end.Sequence);
        }

        to.WriteUInt16((ushort)TopicPartitions);
        to.WriteUInt32(Crc32C.Compute(to.Written));
        Durable.Replace(path, to.Written);
    }
}
