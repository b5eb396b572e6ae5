using MultiCloudKv.Replicator.Transports;

namespace MultiCloudKv.Replicator.Ship;

/// <summary>A change that is being sent in chunks. Holds its own copy.</summary>
internal sealed class LargeChange(byte[] entry, MessageHeader header)
{
    public byte[] Entry { get; } = entry;

    public MessageHeader Header { get; } = header;

    /// <summary>The chunk to send next.</summary>
    public int Next { get; set; }
}
