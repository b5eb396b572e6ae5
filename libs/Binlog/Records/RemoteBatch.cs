using MultiCloudKv.Foundation;

namespace MultiCloudKv.Binlog;

/// <summary>
/// The body of a <see cref="RecordKind.RemoteBatch"/> or <see cref="RecordKind.TakenBack"/> record, of one origin and partition: the
/// <see cref="SourceCursor"/>, then entries <code>(hybrid time u64 | incarnation u32 | group)*</code>
/// </summary>
public ref struct RemoteBatch
{
    private ByteReader _reader;

    private RemoteBatch(ByteReader reader, SourceCursor cursor)
    {
        _reader = reader;
        Cursor = cursor;
        Hlc = 0;
        Incarnation = 0;
        Group = default;
    }

    public SourceCursor Cursor { get; }

    /// <summary>Time of the current entry's stamp.</summary>
    public ulong Hlc { get; private set; }

    /// <summary>Incarnation of its origin when it was made.</summary>
    public uint Incarnation { get; private set; }

    public ChangeGroup Group { get; private set; }

    /// <summary>True when the bytes were malformed; known once <see cref="MoveNext"/> returned false.</summary>
    public readonly bool Failed => _reader.Failed;

    public static RemoteBatch Read(ReadOnlySpan<byte> body)
    {
        var reader = new ByteReader(body);
        SourceCursor cursor = SourceCursor.Read(ref reader);
        return new RemoteBatch(reader, cursor);
    }

    public static void WriteEntry(ByteWriter to, ulong hlc, uint incarnation, ReadOnlySpan<byte> group)
    {
        to.WriteUInt64(hlc);
        to.WriteUInt32(incarnation);
        to.Write(group);
    }

    public bool MoveNext()
    {
        if (_reader.AtEnd)
            return false;
        Hlc = _reader.ReadUInt64();
        Incarnation = _reader.ReadUInt32();
        if (!ChangeGroup.TryRead(ref _reader, out ChangeGroup group))
            return false;
        Group = group;
        return true;
    }
}
