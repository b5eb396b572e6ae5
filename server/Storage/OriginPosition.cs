using MultiCloudKv.Binlog;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Server.Storage;

/// <summary>How far the stream of one (origin, partition) has been applied here: where a replicator continues from.</summary>
/// <param name="Cursor">Sequence, history and the transport's place, as the last batch's record carries them.</param>
/// <param name="Hlc">Hybrid time of the last entry applied.</param>
/// <param name="Incarnation">The origin's incarnation when it made that entry.</param>
internal sealed record OriginPosition(SourceCursor Cursor, ulong Hlc, uint Incarnation)
{
    public void WriteTo(ByteWriter to)
    {
        Cursor.Write(to);
        to.WriteUInt64(Hlc);
        to.WriteUInt32(Incarnation);
    }

    public static OriginPosition ReadFrom(ref ByteReader from)
    {
        SourceCursor cursor = SourceCursor.Read(ref from);
        return new OriginPosition(cursor, from.ReadUInt64(), from.ReadUInt32());
    }
}
