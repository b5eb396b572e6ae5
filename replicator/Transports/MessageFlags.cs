namespace MultiCloudKv.Replicator.Transports;

/// <summary>On the wire: append-only. A reader refuses bits it doesn't know.</summary>
[Flags]
public enum MessageFlags : byte
{
    None = 0,

    /// <summary>The payload is one LZ4 block.</summary>
    Lz4 = 1,
}
