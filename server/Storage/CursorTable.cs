using MultiCloudKv.Foundation;

namespace MultiCloudKv.Server.Storage;

/// <summary>
/// The position of every (origin, partition), such that an epoch's end sees them as they were at its cut: an update made
/// in a later epoch keeps the value before it until that epoch has been written.
/// </summary>
/// <remarks>Thread-safe: one lock, held for a dictionary access. Updates of one (origin, partition) come under its stripes.</remarks>
internal sealed class CursorTable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(byte Origin, ushort Partition), Entry> _entries = [];

    public OriginPosition? Get(byte origin, int partition)
    {
        lock (_lock)
            return _entries.TryGetValue((origin, (ushort)partition), out Entry? entry) ? entry.Now : null;
    }

    public void Set(byte origin, OriginPosition position, uint epoch)
    {
        lock (_lock)
        {
            (byte, ushort) id = (origin, (ushort)position.Cursor.Partition);
            if (!_entries.TryGetValue(id, out Entry? entry))
                _entries.Add(id, entry = new Entry());
            if (epoch > entry.Epoch)
            {
                entry.AtCut = entry.Now;
                entry.Epoch = epoch;
            }

            entry.Now = position;
        }
    }

    public List<(byte Origin, OriginPosition Position)> All()
    {
        lock (_lock)
            return [.. _entries.Select(e => (e.Key.Origin, e.Value.Now!))];
    }

    /// <summary>The positions as they stood when <paramref name="epoch"/> was cut. Valid while at most one later epoch is open.</summary>
    public void WriteAtCut(ByteWriter to, uint epoch)
    {
        lock (_lock)
        {
            List<(byte Origin, OriginPosition Position)> cut = [];
            foreach (((byte origin, ushort _), Entry entry) in _entries)
            {
                OriginPosition? position = entry.Epoch > epoch ? entry.AtCut : entry.Now;
                if (position is not null)
                    cut.Add((origin, position));
            }

            to.WriteVarInt((ulong)cut.Count);
            foreach ((byte origin, OriginPosition position) in cut)
            {
                to.WriteByte(origin);
                position.WriteTo(to);
            }
        }
    }

    public void ReadFrom(ref ByteReader from)
    {
        ulong count = from.ReadVarInt();
        for (ulong i = 0; i < count && !from.Failed; i++)
        {
            byte origin = from.ReadByte();
            var position = OriginPosition.ReadFrom(ref from);
            _entries[(origin, (ushort)position.Cursor.Partition)] = new Entry { Now = position };
        }
    }

    private sealed class Entry
    {
        public OriginPosition? Now;
        public OriginPosition? AtCut;
        public uint Epoch;
    }
}
