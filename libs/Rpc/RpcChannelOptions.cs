using System.Security.Cryptography.X509Certificates;

namespace MultiCloudKv.Rpc;

/// <summary>How an <see cref="RpcChannel"/> connects.</summary>
public sealed record RpcChannelOptions
{
    public string? Password { get; init; }

    /// <summary>Speak TLS.</summary>
    public bool Tls { get; init; }

    /// <summary>The only issuer accepted; null: the system's trust.</summary>
    public X509Certificate2? Authority { get; init; }

    public int MessageBytesMax { get; init; } = RpcLimits.MessageBytesMax;
}
