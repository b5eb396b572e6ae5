using MultiCloudKv.Foundation;

namespace MultiCloudKv.Rpc.Configuration;

/// <summary>The port Redis clients use.</summary>
public sealed class ClientOptions
{
    public EndpointOptions Endpoint { get; } = new();

    public int ConnectionsMax { get; internal set; }

    /// <summary>Threads that serve plain connections.</summary>
    public int Threads { get; internal set; }

    /// <summary>Processors those threads are bound to; null: none in particular.</summary>
    public ProcessorSet? Processors { get; internal set; }

    public bool Tls { get; internal set; }
}
