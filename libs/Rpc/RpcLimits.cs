namespace MultiCloudKv.Rpc;

/// <summary>Bounds of the RPC layer.</summary>
public static class RpcLimits
{
    /// <summary>Largest message a side reads: the largest value with its keys and framing.</summary>
    public const int MessageBytesMax = 576 << 20;

    /// <summary>Flow-control window of one stream: what a sender may have under way that its receiver has not read.</summary>
    public const int StreamWindowBytes = 4 << 20;

    public const int ConnectionWindowBytes = 16 << 20;
    public const int StreamsPerConnectionMax = 256;
    public const int ConnectionsMax = 512;
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(3);

    /// <summary>A connection that answers no ping for this long after <see cref="PingDelay"/> of silence is dead.</summary>
    public static readonly TimeSpan PingTimeout = TimeSpan.FromSeconds(5);

    public static readonly TimeSpan PingDelay = TimeSpan.FromSeconds(5);
}
