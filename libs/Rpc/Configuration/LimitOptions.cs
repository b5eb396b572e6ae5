namespace MultiCloudKv.Rpc.Configuration;

/// <summary>What a client may ask for.</summary>
public sealed class LimitOptions
{
    public int ValueBytesMax { get; internal set; }

    public int ArgumentsMax { get; internal set; }

    public int KeyBytesMax { get; internal set; }

    /// <summary>Bytes left on the data directory's disk below which this node's own clients' writes are refused.</summary>
    public long DiskFreeBytesMin { get; internal set; }
}
