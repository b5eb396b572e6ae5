using System.Net;

namespace MultiCloudKv.Rpc.Configuration;

/// <summary>Where a port listens. Port 0: any free one.</summary>
public sealed class EndpointOptions
{
    public IPAddress Bind { get; internal set; } = IPAddress.Loopback;

    public int Port { get; internal set; }

    public IPEndPoint ToEndPoint() => new(Bind, Port);

    /// <summary>An address to reach it at from the same host.</summary>
    public string LocalAddress =>
        Bind.Equals(IPAddress.Any) || Bind.Equals(IPAddress.IPv6Any) ? $"127.0.0.1:{Port}" : new IPEndPoint(Bind, Port).ToString();
}
