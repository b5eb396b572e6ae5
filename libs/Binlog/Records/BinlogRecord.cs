using MultiCloudKv.Foundation;

namespace MultiCloudKv.Binlog;

/// <summary>A decoded record over bytes of its reader: valid until the reader moves.</summary>
public readonly ref struct BinlogRecord
{
    private readonly RecordHeader _header;

    internal BinlogRecord(RecordHeader header, HistoryId history, ReadOnlySpan<byte> bytes)
    {
        _header = header;
        History = history;
        Bytes = bytes;
    }

    public RecordKind Kind => _header.Kind;

    /// <summary>Region whose clients made the changes.</summary>
    public byte Origin => _header.Origin;

    /// <summary>Groups of an own transaction, entries of a batch.</summary>
    public int Count => _header.Count;

    /// <summary>Incarnation of the region that wrote the record; entries of a batch carry their own.</summary>
    public uint Incarnation => _header.Incarnation;

    /// <summary>Time of this node at the append; for <see cref="RecordKind.Own"/> the time of the change's stamp.</summary>
    public ulong Hlc => _header.Hlc;

    /// <summary>Stamp of an own transaction.</summary>
    public Stamp Stamp => new(_header.Hlc, _header.Origin);

    public HistoryId History { get; }

    public long Position => _header.Position;

    public long End => _header.Position + _header.RecordLength;

    /// <summary>The record as it stands in the segment.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    public ReadOnlySpan<byte> Body => Bytes.Slice(RecordHeader.Length, _header.BodyLength);

    public ReadOnlySpan<byte> Extensions => Bytes.Slice(RecordHeader.Length + _header.BodyLength, _header.ExtensionsLength);

    /// <summary>Walks the groups of an own transaction.</summary>
    public GroupReader Groups => new(Kind == RecordKind.Own ? Body : default);

    /// <summary>Kind of a marker; its payload follows in <see cref="Body"/>.</summary>
    public MarkerKind Marker => Kind == RecordKind.Marker && !Body.IsEmpty ? (MarkerKind)Body[0] : 0;
}
