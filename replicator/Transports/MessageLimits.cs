namespace MultiCloudKv.Replicator.Transports;

/// <summary>Bounds of messages between regions.</summary>
public static class MessageLimits
{
    /// <summary>Largest change that is put together from chunks: the largest value with its keys and framing.</summary>
    public const int ChangeBytesMax = 544 << 20;

    /// <summary>Largest message either transport carries.</summary>
    public const int MessageBytesMax = (8 << 20) + MessageHeader.Length;

    /// <summary>Entries of one batch to the node: its count is 16 bits wide in the binlog.</summary>
    public const int EntriesMax = ushort.MaxValue;
}
