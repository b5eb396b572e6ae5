using MultiCloudKv.Foundation;

namespace MultiCloudKv.Replicator.Progress;

/// <summary>
/// The histories of each origin whose changes have been taken here. A change numbered at or below the last one is a
/// duplicate only if it comes from one of these; from any other it is another past, and the partition stops.
/// </summary>
/// <remarks>
/// Kept in a file, because a duplicate can come long after the cursor moved on to a later history. What is known only
/// grows, so it need not be of the same moment as the data; losing the file can stop a partition, never hide a change.
/// File: count u32, (origin u8, history id 16)*, crc32c u32. Thread-safe by a lock.
/// </remarks>
public sealed class HistoryBook
{
    public const int EntriesMax = 4096;
    private readonly Lock _lock = new();
    private readonly string _path;
    private List<(byte Origin, HistoryId History)> _known = [];

    /// <exception cref="EnvironmentException">The file is damaged.</exception>
    public HistoryBook(string path)
    {
        _path = path;
        if (!File.Exists(path))
            return;
        byte[] content = File.ReadAllBytes(path);
        var reader = new ByteReader(content.AsSpan(0, Math.Max(0, content.Length - 4)));
        uint count = reader.ReadUInt32();
        for (uint i = 0; i < count && !reader.Failed; i++)
        {
            byte origin = reader.ReadByte();
            ReadOnlySpan<byte> history = reader.Take(HistoryId.Length);
            if (!reader.Failed)
                _known.Add((origin, HistoryId.Read(history)));
        }

        if (reader.Failed || content.Length < 8 || Crc32C.Compute(content.AsSpan(0, content.Length - 4)) != BitConverter.ToUInt32(content.AsSpan(content.Length - 4)))
            throw new EnvironmentException($"{path} is damaged; remove it: at worst a partition stops until it is resynced", ExitCodes.DataAtRisk);
    }

    public bool Knows(byte origin, HistoryId history)
    {
        lock (_lock)
            return _known.Contains((origin, history));
    }

    /// <summary>Remembers a history durably before changes of it are taken.</summary>
    public void Add(byte origin, HistoryId history)
    {
        lock (_lock)
        {
            if (history == HistoryId.None || _known.Contains((origin, history)))
                return;
            List<(byte Origin, HistoryId History)> all = [.. _known.Skip(_known.Count == EntriesMax ? 1 : 0), (origin, history)];
            var content = new ByteWriter();
            content.WriteUInt32((uint)all.Count);
            foreach ((byte known, HistoryId id) in all)
            {
                content.WriteByte(known);
                id.Write(content.Reserve(HistoryId.Length));
            }

            content.WriteUInt32(Crc32C.Compute(content.Written));
            Durable.Replace(_path, content.Written);
            _known = all;
        }
    }
}
