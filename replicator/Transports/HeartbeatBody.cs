using MultiCloudKv.Foundation;

namespace MultiCloudKv.Replicator.Transports;

/// <summary>
/// Payload of a heartbeat. It travels behind every change of its partition with a stamp at or below the frontier.
/// <code>
///   offset 0   frontier  u64     the origin will issue no stamp at or below it any more
///          8   clock     i64     the origin's time when the frontier was taken, Unix milliseconds
///         16   flags     u8      1: a client waits for an acknowledgement, answer at once
///         17   applied   StampVector: the origin's applied frontier of every other region in this partition
/// </code>
/// </summary>
public sealed record HeartbeatBody(ulong Frontier, long ClockMs, bool AckWanted, StampVector Applied)
{
    public void Write(ByteWriter to)
    {
        to.WriteUInt64(Frontier);
        to.WriteInt64(ClockMs);
        to.WriteByte(AckWanted ? (byte)1 : (byte)0);
        Applied.WriteTo(to);
    }

    public static bool TryRead(ReadOnlySpan<byte> payload, out HeartbeatBody? body)
    {
        var reader = new ByteReader(payload);
        ulong frontier = reader.ReadUInt64();
        long clock = reader.ReadInt64();
        bool wanted = (reader.ReadByte() & 1) != 0;
        var applied = new StampVector();
        applied.ReadFrom(ref reader);
        body = reader.Failed ? null : new HeartbeatBody(frontier, clock, wanted, applied);
        return body is not null;
    }
}
