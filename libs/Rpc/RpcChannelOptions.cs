namespace MultiCloudKv.Rpc;

/// <summary>How an <see cref="RpcChannel"/> connects.</summary>
public sealed record RpcChannelOptions
{
    public string? Password { get; init; }

    /// <summary>Whose certificates to take; null: clear text.</summary>
    public TlsTrust? Tls { get; init; }

    public int MessageBytesMax { get; init; } = RpcLimits.MessageBytesMax;
}
